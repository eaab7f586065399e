/** Hundreds of edits one after the other, of the same definition in several hands: each says the same
 * afterwards as the plain value does, and what nobody touched is as it was written. */
import { describe, expect, test } from 'vitest';
import { type Change, edit, type Format, parseText } from '../src/asl/document.ts';
import { type Block, type GraphEdge, type GraphNode, graphOf } from '../src/asl/graph.ts';
import { duplicateState, insertOnEdge, moveToEdge, openWays, removeState, renameState, templateOf } from '../src/asl/operations.ts';
import { isObject, type Json } from '../src/asl/types.ts';

const YAML = `# Who wrote this
Comment: >-
  Takes an order
  to its end
StartAt: Pay # first

States:
  # Money
  Pay:
    Type: Task # calls
    Resource: 'arn:aws:states:::lambda:invoke'
    Parameters: { FunctionName: "pay", Payload: { 'a.$': $.a, b: [1, 2] } } # flow
    Retry:
      # Only what passes
      - ErrorEquals: [ "Busy", 'Slow' ]
        MaxAttempts: 3   # thrice
    Catch:
    - ErrorEquals:
      - States.ALL   # anything
      Next: Sorry
    Next: "Large?"

  Large?: # goods
    Type: Choice
    Choices:
      - Variable: $.total
        NumericGreaterThan: 100 # euros
        Next: Both
    Default: Both

  Both:
    Type: Parallel
    Branches:
      - StartAt: Left
        States:
          Left: {Type: Pass, End: true}
      # The other
      - StartAt: Right
        States:
          Right:
            Type: Wait
            Seconds: 5 # short
            End: true
    End: true
  Sorry:
    Type: Fail
    Error: Sorry
    Cause: |
      It did not work:
        # this is text
      try again
# The end
`;

const JSON_TEXT = `{
    "Comment": "Takes an order to its end",   "StartAt":"Pay",
    "States": {
        "Pay": { "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
                 "Parameters": {"FunctionName": "pay", "Payload": {"a.$": "$.a", "b": [1,2]}},
                 "Retry": [ {"ErrorEquals": ["Busy", "Slow"],   "MaxAttempts": 3} ],
                 "Catch": [
                     {"ErrorEquals": ["States.ALL"], "Next": "Sorry"}
                 ], "Next": "Large?" },

        "Large?": {
            "Type": "Choice",
            "Choices": [ { "Variable": "$.total", "NumericGreaterThan": 100, "Next": "Both" } ],
            "Default": "Both"
        },
        "Both": {"Type": "Parallel", "Branches": [
            {"StartAt": "Left", "States": {"Left": {"Type":"Pass", "End":true}}},
            {"StartAt": "Right", "States": {
                "Right": {"Type": "Wait", "Seconds": 5, "End": true}}}
        ], "End": true},
        "Sorry": { "Type": "Fail", "Error": "Sorry", "Cause": "It did not work" }
    }
}
`;

function apply(text: string, format: Format, changes: readonly Change[]): string {
  return edit(text, format, changes).reduceRight((now, each) => now.slice(0, each.from) + each.insert + now.slice(each.to), text);
}

function read(text: string, format: Format): Json {
  const { value, problem } = parseText(text, format);
  if (problem || value === undefined) throw new Error(`${problem?.message}\n${text}`);
  return value;
}

const edgesOf = (block: Block): GraphEdge[] => [...block.edges, ...block.nodes.flatMap((node) => node.blocks.flatMap(edgesOf))];
const nodesOf = (block: Block): GraphNode[] => [...block.nodes.filter((node) => !['Start', 'End', 'Missing'].includes(node.kind)), ...block.nodes.flatMap((node) => node.blocks.flatMap(nodesOf))];

/** The same numbers for the same seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const WORDS = ['plain', 'two\nlines', '# no comment', "it's", '"quoted"', ' spaced ', 'a: b', '{% $x %}', '- dash', 'yes', '007', '', 'é 日本 مرحبا', '*star', '@at', 'tab\there'];

/** What somebody does next. */
function step(definition: Json, pick: (below: number) => number): Change[] {
  const nodes = nodesOf(graphOf(definition));
  const edges = edgesOf(graphOf(definition));
  const node = nodes[pick(nodes.length)];
  const edge = [...edges, ...(node ? openWays(definition, node) : [])][pick(edges.length + 1)];
  const word = WORDS[pick(WORDS.length)] ?? '';
  if (!node || !edge) return [];
  const set = (field: string, value: Json): Change[] => [{ op: 'set', path: [...node.path, field], value }];
  const choices: (() => Change[])[] = [
    () => set('Comment', word),
    () => set('Comment', word),
    () => [{ op: 'remove', path: [...node.path, 'Comment'] }],
    () => set('Retry', [{ ErrorEquals: ['A', word], MaxAttempts: pick(9) }]),
    () => [{ op: 'remove', path: [...node.path, 'Retry'] }],
    () => [{ op: 'set', path: [...node.path, 'Retry', 0, 'BackoffRate'], value: 1.5 }],
    () => [{ op: 'set', path: [...node.path, 'Parameters', 'FunctionName'], value: word }],
    () => set('Parameters', { deep: { deeper: [word, { 'x.$': '$.y' }, []] }, none: {} }),
    () => insertOnEdge(definition, edge, { name: `${word.trim() || 'New'}`.slice(0, 20), state: templateOf(['Pass', 'Wait', 'Map', 'Parallel', 'Choice', 'Task'][pick(6)] ?? 'Pass', 'JSONPath') }).changes,
    () => (nodes.length > 3 ? removeState(definition, node.path) : []),
    () => renameState(definition, node.path, `${word.trim() || 'Name'} ${pick(1000)}`),
    () => duplicateState(definition, node.path)?.changes ?? [],
    () => moveToEdge(definition, node.path, edge),
  ];
  const change = choices[pick(choices.length)]?.() ?? [];
  // What has no list of retriers gets none by a step into it.
  return change.every((each) => each.path.at(-1) !== 'BackoffRate' || (isObject(definition) && JSON.stringify(definition).includes('"Retry"') && hasRetry(definition, node))) ? change : [];
}

function hasRetry(definition: Json, node: GraphNode): boolean {
  let value: Json | undefined = definition;
  for (const part of [...node.path, 'Retry', 0]) value = Array.isArray(value) ? value[Number(part)] : isObject(value) ? value[String(part)] : undefined;
  return isObject(value);
}

const HANDS: [string, string, Format][] = [
  ['YAML with comments', YAML, 'yaml'],
  ['YAML of Windows', YAML.replaceAll('\n', '\r\n'), 'yaml'],
  ['JSON of many habits', JSON_TEXT, 'json'],
  ['JSON of Windows', JSON_TEXT.replaceAll('\n', '\r\n'), 'json'],
  ['JSON on one line', JSON.stringify(JSON.parse(JSON_TEXT)), 'json'],
];

describe.each(HANDS)('%s', (_, text, format) => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('many edits, %i', (seed) => {
    const pick = numbers(seed);
    let now = text;
    let plain = JSON.stringify(read(text, format));
    for (let count = 0; count < 60; count++) {
      const changes = step(read(now, format), pick);
      const before = now;
      now = apply(now, format, changes);
      plain = apply(plain, 'json', changes);
      const wanted = JSON.parse(plain) as Json;
      const { value, problem } = parseText(now, format);
      if (problem || JSON.stringify(sorted(value ?? null)) !== JSON.stringify(sorted(wanted))) {
        throw new Error(`step ${count}: ${JSON.stringify(changes).slice(0, 1500)}\n${problem?.message ?? ''}\n--- before\n${before}\n--- after\n${now}\n--- wanted\n${plain}`);
      }
    }
  });

  test('a step and its way back leave no trace', () => {
    const definition = read(text, format);
    for (const node of nodesOf(graphOf(definition))) {
      const there = apply(text, format, [{ op: 'set', path: [...node.path, 'TimeoutSeconds'], value: 7 }]);
      expect(apply(there, format, [{ op: 'remove', path: [...node.path, 'TimeoutSeconds'] }])).toBe(text);
      const renamed = apply(text, format, renameState(definition, node.path, 'Other'));
      const other = [...node.path.slice(0, -1), 'Other'];
      expect(read(apply(renamed, format, renameState(read(renamed, format), other, node.name)), format)).toEqual(definition);
    }
  });

  test('comments stay while fields are changed', () => {
    const comments = text.match(/# \w[^\r\n]*/g) ?? [];
    const definition = read(text, format);
    for (const node of nodesOf(graphOf(definition))) {
      const after = apply(text, format, [{ op: 'set', path: [...node.path, 'Comment'], value: 'new' }, ...renameState(definition, node.path, 'Other')]);
      expect((after.match(/# \w[^\r\n]*/g) ?? []).length).toBe(comments.length);
    }
  });
});

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key] ?? null)]));
}
