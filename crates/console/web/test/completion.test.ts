/** What is offered while somebody types: names inside expressions, and YAML completed as if it were JSON. */
import { describe, expect, test } from 'vitest';
import { readable, type Scope, suggest, variablesAt } from '../src/asl/expressions.ts';
import { yamlCursor } from '../src/asl/yaml-cursor.ts';

const scope: Scope = { variables: ['total', 'customer'], functions: [{ name: 'sum', signature: '<a<n>:n>' }, { name: 'toMillis', signature: '<s-s?:n>' }], works: true };
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
