/** Edits every workflow of the corpus on the canvas and holds the text to: only what changed, changed. */
import { describe, expect, test } from 'vitest';
import { type Change, convert, detectFormat, edit, type Format, parseText, pathAt, rangeOf } from '../src/asl/document.ts';
import { type Block, type GraphEdge, type GraphNode, graphOf } from '../src/asl/graph.ts';
import { allNames, blockOf, duplicateState, insertOnEdge, moveToEdge, removeState, renameState } from '../src/asl/operations.ts';
import { at, isObject, type Json, type Path } from '../src/asl/types.ts';
import { corpus, hasCorpus } from './corpus.ts';

const edges = (block: Block): GraphEdge[] => [...block.edges, ...block.nodes.flatMap((node) => node.blocks.flatMap(edges))];
const states = (block: Block): GraphNode[] => [...block.nodes.filter((node) => !['Start', 'End', 'Missing'].includes(node.kind)), ...block.nodes.flatMap((node) => node.blocks.flatMap(states))];

function apply(text: string, format: Format, changes: Change[]): string {
  return edit(text, format, changes).reduceRight((now, each) => now.slice(0, each.from) + each.insert + now.slice(each.to), text);
}

function read(text: string, format: Format = 'json'): Json {
  const { value, problem } = parseText(text, format);
  if (problem || value === undefined) throw new Error(`${problem?.message}\n${text.slice(0, 400)}`);
  return value;
}

/** Lines of `before` that are not in `after`. */
function lost(before: string, after: string): string[] {
  const kept = new Set(after.split('\n').map((line) => line.replace(/,$/, '')));
  return before.split('\n').filter((line) => !kept.has(line.replace(/,$/, '')));
}

/** Where a name is still spoken of in its block. */
function spoken(definition: Json, block: Path, name: string): boolean {
  return edges(graphOf(definition)).some((edge) => edge.path.slice(0, block.length).join('/') === block.join('/') && at(definition, edge.path) === name);
}

const sample = corpus().filter((_, index) => index % 4 === 0);

describe.skipIf(!hasCorpus)('edits of the corpus', () => {
  test.each(sample)('$name: a state put onto any edge stands between its ends', ({ definition }) => {
    const text = JSON.stringify(definition, null, 4);
    for (const edge of edges(graphOf(definition))) {
      const { changes, path } = insertOnEdge(definition, edge, { name: 'Check order', state: { Type: 'Pass' } });
      const after = apply(text, 'json', changes);
      const value = read(after);
      expect(at(value, path)).toMatchObject({ Type: 'Pass' });
      const after2 = edges(graphOf(value));
      const name = path.at(-1);
      expect(after2.filter((each) => at(value, each.path) === name).length, edge.id).toBe(1);
      expect(lost(text, after).length, `${edge.id} touches one line`).toBeLessThanOrEqual(1);
    }
  });

  test.each(sample)('$name: a state taken out is spoken of no more', ({ definition }) => {
    const text = JSON.stringify(definition, null, 2);
    for (const node of states(graphOf(definition))) {
      const value = read(apply(text, 'json', removeState(definition, node.path)));
      expect(at(value, node.path)).toBeUndefined();
      expect(spoken(value, blockOf(node.path), node.name), node.name).toBe(false);
    }
  });

  test.each(sample.filter((_, index) => index % 4 === 0))('$name: the same edits of YAML give the same definition', ({ definition }) => {
    const yaml = convert(JSON.stringify(definition), 'json', 'yaml').replaceAll(/^( *\S+:)$/gm, '$1 # kept');
    const marks = yaml.split('# kept').length;
    const json = JSON.stringify(definition, null, 2);
    const same = (changes: Change[], gone: number) => {
      const after = apply(yaml, 'yaml', changes);
      expect(read(after, 'yaml')).toEqual(read(apply(json, 'json', changes)));
      expect(after.split('# kept').length).toBeGreaterThanOrEqual(marks - gone);
    };
    for (const edge of edges(graphOf(definition)).slice(0, 12)) {
      same(insertOnEdge(definition, edge, { name: 'New', state: { Type: 'Wait', Seconds: 3 } }).changes, 0);
    }
    for (const node of states(graphOf(definition)).slice(0, 12)) {
      same(removeState(definition, node.path), 1000);
      same(renameState(definition, node.path, 'Another: name'), 0);
      same([{ op: 'set', path: [...node.path, 'Comment'], value: 'two\nlines' }], 0);
      same([{ op: 'set', path: [...node.path, 'Retry'], value: [{ ErrorEquals: ['A'], MaxAttempts: 2 }] }], 1000);
    }
  });

  test.each(sample)('$name: renamed, duplicated and moved', ({ definition }) => {
    const text = JSON.stringify(definition, null, '\t');
    const graph = graphOf(definition);
    for (const node of states(graph)) {
      const renamed = read(apply(text, 'json', renameState(definition, node.path, 'Another "name"')));
      expect(edges(graphOf(renamed)).length).toBe(edges(graph).length);
      expect(spoken(renamed, blockOf(node.path), node.name)).toBe(false);
      const order = Object.keys(at(definition, node.path.slice(0, -1)) as object).map((key) => (key === node.name ? 'Another "name"' : key));
      expect(Object.keys(at(renamed, node.path.slice(0, -1)) as object)).toEqual(order);

      const copy = duplicateState(definition, node.path);
      const duplicated = read(apply(text, 'json', copy?.changes ?? []));
      expect(allNames(duplicated).size).toBeGreaterThan(allNames(definition).size);
      expect(states(graphOf(duplicated)).length).toBe(allNames(duplicated).size);
    }
    const first = states(graph)[0];
    for (const edge of first ? graph.edges : []) {
      const moved = read(apply(text, 'json', moveToEdge(definition, first?.path ?? [], edge)));
      expect(states(graphOf(moved)).length).toBe(states(graph).length);
      expect(states(graphOf(moved)).filter((node) => node.kind === 'Missing')).toEqual([]);
    }
  });
});

const YAML = `# Who wrote this
StartAt: Pay # first
States:
  # Money
  Pay:
    Type: Task
    Resource: "arn:aws:states:::lambda:invoke"
    Parameters: { FunctionName: pay }
    Next: Ship

  Ship: # goods
    Type: Pass
    End: true
`;

describe('YAML', () => {
  test('is told from JSON', () => {
    expect(detectFormat(YAML)).toBe('yaml');
    expect(detectFormat(' {"a": 1}')).toBe('json');
  });

  test('keeps comments, order and quotes when a field changes', () => {
    const after = apply(YAML, 'yaml', [{ op: 'set', path: ['States', 'Pay', 'TimeoutSeconds'], value: 30 }]);
    expect(lost(YAML, after)).toEqual([]);
    expect(at(read(after, 'yaml'), ['States', 'Pay', 'TimeoutSeconds'])).toBe(30);
  });

  test('keeps comments when states come, go and change their names', () => {
    const definition = read(YAML, 'yaml');
    const edge = edges(graphOf(definition)).find((each) => each.id === '/States/Pay/Next');
    if (!edge) throw new Error('no edge');
    const inserted = apply(YAML, 'yaml', insertOnEdge(definition, edge, { name: 'Pack', state: { Type: 'Pass' } }).changes);
    expect(lost(YAML, inserted)).toEqual([]);
    expect(Object.keys(at(read(inserted, 'yaml'), ['States']) as object)).toEqual(['Pay', 'Pack', 'Ship']);
    const renamed = apply(YAML, 'yaml', renameState(definition, ['States', 'Ship'], 'Send'));
    expect(renamed).toContain('Send: # goods');
    expect(renamed).toContain('Next: Send');
    for (const comment of ['# Who wrote this', '# first', '# Money', '# goods']) expect(renamed).toContain(comment);
  });

  test('finds places both ways', () => {
    const offset = YAML.indexOf('lambda');
    expect(pathAt(YAML, 'yaml', offset).slice(0, 2)).toEqual(['States', 'Pay']);
    const range = rangeOf(YAML, 'yaml', ['States', 'Ship']);
    expect(YAML.slice(range?.from, range?.to)).toBe('Ship');
  });

  test('goes to JSON and back', () => {
    const json = convert(YAML, 'yaml', 'json');
    expect(read(convert(json, 'json', 'yaml'), 'yaml')).toEqual(read(json));
  });
});

describe('JSON', () => {
  const text = '{ "StartAt":"A",\r\n\t"States" : {"A": {"Type":"Pass",   "End":true}} }';

  test('odd formatting is left as it is', () => {
    const after = apply(text, 'json', [{ op: 'set', path: ['States', 'A', 'End'], value: false }]);
    expect(after).toBe(text.replace('true', 'false'));
  });

  test('a value that is typed anew with every key does not grow', () => {
    let line = '{"States":{"A":{"Type":"Pass","Parameters":{"text.$":"$.x"}}}}';
    let lines = JSON.stringify(JSON.parse(line), null, 2);
    for (let count = 0; count < 40; count++) {
      const change: Change = { op: 'set', path: ['States', 'A', 'Parameters'], value: { 'text.$': 'x'.repeat(count), deep: { list: [1] } } };
      [line, lines] = [apply(line, 'json', [change]), apply(lines, 'json', [change])];
      expect(lines).toBe(JSON.stringify(JSON.parse(line), null, 2));
      expect(line).not.toContain('\n');
    }
  });

  test('what a path leads through is made', () => {
    const after = apply('{\n  "States": {\n    "A": {}\n  }\n}', 'json', [{ op: 'set', path: ['States', 'A', 'Retry', 0, 'MaxAttempts'], value: 2 }]);
    expect(after).toBe(JSON.stringify({ States: { A: { Retry: [{ MaxAttempts: 2 }] } } }, null, 2));
  });

  test('a field added to a state on one line stays on it', () => {
    const one = '{\n  "States": { "A": {"Type": "Pass",   "End": true} }\n}\n';
    const after = apply(one, 'json', [{ op: 'set', path: ['States', 'A', 'Comment'], value: 'c' }]);
    expect(after).toBe(one.replace('"End": true', '"End": true, "Comment": "c"'));
  });

  test('a name of the prototype is a name', () => {
    const definition = read('{"StartAt":"__proto__","States":{"__proto__":{"Type":"Pass","End":true}}}');
    expect(isObject(at(definition, ['States', '__proto__']))).toBe(true);
    expect(at(definition, ['States', 'constructor'])).toBeUndefined();
  });
});
