/** What is offered while somebody types: names inside expressions, and YAML completed as if it were JSON. */
import { describe, expect, test } from 'vitest';
import { readable, type Scope, suggest, variablesAt } from '../src/asl/expressions.ts';
import { jsonPlace, pathsIn, suggestPath } from '../src/asl/paths.ts';
import { yamlCursor, yamlPlace } from '../src/asl/yaml-cursor.ts';

const scope: Scope = { language: 'JSONata', variables: ['total', 'customer'], functions: [{ name: 'sum', signature: '<a<n>:n>' }, { name: 'toMillis', signature: '<s-s?:n>' }], paths: [], works: true };
const labels = (before: string, of: Scope = scope) => suggest(before, of)?.suggestions.map((each) => each.label);

describe('expressions', () => {
  test('names begin with a dollar inside the delimiters only', () => {
    expect(labels('"x": "{% $to')).toEqual(['$total', '$toMillis', '$customer']);
    expect(labels('"x": "$to')).toBeUndefined();
    expect(labels('"{% $total %} $to')).toBeUndefined();
    expect(labels('{% total')).toBeUndefined();
    expect(labels('{% ($mine := 1; $mi')).toEqual(['$mine', '$toMillis']);
  });
  test('members of $states follow what the state is', () => {
    expect(labels('{% $states.')).toEqual(['input', 'result', 'errorOutput', 'context']);
    expect(labels('{% $states.', { ...scope, works: false })).toEqual(['input', 'context']);
    expect(labels('{% $states.context.Execution.N')).toEqual(['Name', 'Input', 'RoleArn', 'RedriveCount']);
    expect(labels('{% $states.input.')).toEqual([]);
  });
  test('functions come with their parameters', () => {
    expect(suggest('{% $sum', scope)?.suggestions[0]).toMatchObject({ insert: '$sum(', detail: '(number[]) → number' });
    expect(readable('<s-(sf)(sf)n?:s>')).toBe('(string?, string|function, string|function, number?) → string');
    expect(readable('<a+>')).toBe('(array…)');
    expect(readable('<s-f<s:o>n?:a<o>>')).toBe('(string?, function, number?) → object[]');
  });
  test('a state sees the variables of its block and of those around it', () => {
    const inner = { StartAt: 'B', States: { B: { Type: 'Pass', Assign: { inside: 1 }, End: true } } };
    const definition = {
      States: {
        A: { Type: 'Task', Assign: { 'outside.$': '$.x' }, Catch: [{ Assign: { reason: 1 } }] },
        P: { Type: 'Parallel', Branches: [inner] },
        M: { Type: 'Map', ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED' }, ...inner } },
      },
    };
    expect(variablesAt(definition, ['States', 'A'])).toEqual(['outside', 'reason']);
    expect(variablesAt(definition, ['States', 'P', 'Branches', 0, 'States', 'B'])).toEqual(['outside', 'reason', 'inside']);
    expect(variablesAt(definition, ['States', 'M', 'ItemProcessor', 'States', 'B'])).toEqual(['inside']);
  });
});

/** The JSON with `|` where the cursor is, for YAML whose cursor is `|`. */
function json(marked: string, value: object): string {
  const offset = marked.indexOf('|');
  const found = yamlCursor(marked.replace('|', ''), offset, JSON.parse(JSON.stringify(value)));
  return found ? `${found.json.slice(0, found.index)}|${found.json.slice(found.index)}` : 'none';
}

describe('YAML', () => {
  const value = { StartAt: 'A', States: { A: { Type: 'Task', Retry: [{ ErrorEquals: ['X'] }] } } };
  test('a key of a state', () => {
    expect(json('StartAt: A\nStates:\n  A:\n    Type: Task\n    Res|\n', value)).toBe('{"StartAt":"A","States":{"A":{"Type":"Task","Retry":[{"ErrorEquals":["X"]}],"Res|":null}}}');
  });
  test('a value', () => {
    expect(json('StartAt: A\nStates:\n  A:\n    Type: T|\n', value)).toContain('"A":{"Type":"T|"');
    expect(json('StartAt: |\n', value)).toContain('"StartAt":"|"');
    expect(json('States:\n  A:\n    Next: "B|\n', value)).toContain('"Next":"B|"');
  });
  test('inside sequences', () => {
    const head = 'States:\n  A:\n    Type: Task\n';
    expect(json(`${head}    Retry:\n      - ErrorEquals:\n          - X\n          - States.|\n`, value)).toContain('"ErrorEquals":["X","States.|"]');
    expect(json(`${head}    Retry:\n    - ErrorEquals: [X]\n      Max|\n`, value)).toContain('{"ErrorEquals":["X"],"Max|":null}');
    expect(json(`${head}    Retry:\n    - ErrorEquals: [X]\n    - Err|\n`, value)).toContain('[{"ErrorEquals":["X"]},{"Err|":null}]');
  });
  test('prose is left alone', () => {
    expect(json('Comment: |\n'.replace('|', '') + 'some words|', value)).toBe('none');
  });
});

describe('paths', () => {
  const inPaths: Scope = { language: 'JSONPath', variables: ['total'], functions: [], paths: ['$.order.id', '$.order.items'], works: true };
  const offered = (key: string, before: string) => suggestPath(key, before, inPaths)?.suggestions.map((each) => each.label);
  test('the context object is offered by whole paths', () => {
    expect(offered('Variable', '$$.')).toContain('$$.Map.Item.Value');
    expect(offered('Variable', '$$.Execution.N')).toEqual(['$$.Execution.Name']);
    expect(offered('id.$', '$$.tok')).toEqual(['$$.Task.Token']);
    expect(offered('id.$', "States.Format('{}', $$.State.Na")).toEqual(['$$.State.Name']);
    expect(offered('InputPath', '$$')).toContain('$$.Execution.Input');
  });
  test('the input, variables and what the definition speaks of', () => {
    expect(offered('ItemsPath', '$.or')).toEqual(['$.order.id', '$.order.items']);
    expect(offered('Variable', '$to')).toEqual(['$total', '$$.Task.Token']);
    expect(offered('ResultPath', '$')?.slice(0, 3)).toEqual(['$.order.id', '$.order.items']);
    expect(offered('ResultPath', '$$')).toEqual([]);
    expect(pathsIn({ States: { A: { 'x.$': "States.Format('{}', $.a.b, $$.Execution.Id)", InputPath: '$.c[0].d', Condition: '{% $.e %}' } } })).toEqual(['$.a.b', '$.c']);
  });
  test('functions stand where a value is computed, with their parameters', () => {
    expect(suggestPath('x.$', 'States.F', inPaths)).toMatchObject({ typed: 'States.F', suggestions: [{ label: 'States.Format', insert: 'States.Format(', detail: '(template, value…) → string' }] });
    expect(offered('x.$', 'uu')).toEqual(['States.UUID']);
    expect(offered('x.$', 'States.JsonToString(Stat')).toHaveLength(18);
    expect(offered('CausePath', 'States.Fo')).toEqual(['States.Format']);
    expect(offered('Variable', 'States.F')).toEqual([]);
  });
  test('texts, other fields and other languages are left alone', () => {
    expect(offered('x.$', "States.Format('cost $")).toBeUndefined();
    expect(offered('x.$', "States.Format('it\\'s $")).toBeUndefined();
    expect(offered('Comment', '$$.')).toBeUndefined();
    expect(offered('x.$', 'price $')).toBeUndefined();
    expect(suggestPath('x.$', '$$.', { ...inPaths, language: 'JSONata' })).toBeUndefined();
  });
  test('the value being typed is found in JSON and in YAML', () => {
    const json = (marked: string) => jsonPlace(marked.replace('|', ''), marked.indexOf('|'));
    expect(json('{"Parameters": {"x.$": "$.a|"}}')).toEqual({ key: 'x.$', before: '$.a' });
    expect(json('{"Choices": [{"Variable": "$$.|\n')).toEqual({ key: 'Variable', before: '$$.' });
    expect(json('{"InputPath|": "$"}')).toBeUndefined();
    expect(json('{"InputPath": "$"|}')).toBeUndefined();
    const yaml = (marked: string) => yamlPlace(marked.replace('|', ''), marked.indexOf('|'));
    expect(yaml('a:\n  x.$: States.Format(\'{}\', $$.|)')).toEqual({ key: 'x.$', before: "States.Format('{}', $$." });
    expect(yaml('Choices:\n  - Variable: "$.a|"')).toEqual({ key: 'Variable', before: '$.a' });
    expect(yaml('- "$.a"|')).toBeUndefined();
  });
});
