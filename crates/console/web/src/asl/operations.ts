/** What one does to a state machine on the canvas, as changes to its text. */
import type { Change } from './document.ts';
import type { EdgeKind, GraphEdge, GraphNode } from './graph.ts';
import { processorKey } from './graph.ts';
import { asArray, asString, at, isObject, type Json, type JsonObject, type Path, pointer, type QueryLanguage } from './types.ts';

/** Every name in use, in all blocks: names are unique across the whole machine. */
export function allNames(definition: Json | undefined): Set<string> {
  const names = new Set<string>();
  const walk = (machine: Json | undefined) => {
    const states = isObject(machine) && isObject(machine['States']) ? machine['States'] : {};
    for (const [name, state] of Object.entries(states)) {
      names.add(name);
      if (!isObject(state)) continue;
      asArray(state['Branches']).forEach(walk);
      walk(state['ItemProcessor']);
      walk(state['Iterator']);
    }
  };
  walk(definition);
  return names;
}

export function freshName(definition: Json | undefined, wanted: string): string {
  const names = allNames(definition);
  if (!names.has(wanted)) return wanted;
  for (let number = 2; ; number++) if (!names.has(`${wanted} ${number}`)) return `${wanted} ${number}`;
}

/** Of a state's path, the path of the block (the object that has `States`) it is in. */
export function blockOf(path: Path): Path {
  return path.slice(0, -2);
}

function nameOf(path: Path): string {
  return String(path.at(-1));
}

const TERMINAL = new Set(['Succeed', 'Fail']);
const NO_NEXT = new Set(['Succeed', 'Fail', 'Choice']);

/** What goes onto the canvas from the palette. */
export interface Template {
  name: string;
  state: JsonObject;
}

export function newBlock(): JsonObject {
  return { StartAt: 'Do something', States: { 'Do something': { Type: 'Pass', End: true } } };
}

/** A state with what its type needs to be valid. */
export function templateOf(type: string, language: QueryLanguage, resource?: string): JsonObject {
  const jsonata = language === 'JSONata';
  switch (type) {
    case 'Task': {
      const payload = resource?.endsWith('lambda:invoke') ? { FunctionName: 'my-function', ...(jsonata ? { Payload: '{% $states.input %}' } : { 'Payload.$': '$' }) } : {};
      return { Type: 'Task', Resource: resource ?? 'arn:aws:states:::lambda:invoke', [jsonata ? 'Arguments' : 'Parameters']: payload };
    }
    case 'Choice':
      return { Type: 'Choice', Choices: [] };
    case 'Wait':
      return { Type: 'Wait', Seconds: 5 };
    case 'Parallel':
      return { Type: 'Parallel', Branches: [] };
    case 'Map':
      return { Type: 'Map', ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' } } };
    case 'Fail':
      return { Type: 'Fail', Error: 'Error', Cause: 'Why it failed' };
    default:
      return { Type: type };
  }
}

/** Gives inner machines to a container that has none, with names nobody else uses. */
function filled(definition: Json | undefined, state: JsonObject): JsonObject {
  const inner = (suffix: string): JsonObject => {
    const name = freshName(definition, `Step ${suffix}`.trim());
    return { StartAt: name, States: { [name]: { Type: 'Pass', End: true } } };
  };
  if (state['Type'] === 'Parallel' && asArray(state['Branches']).length === 0) return { ...state, Branches: [inner('A'), inner('B')] };
  if (state['Type'] === 'Map' && isObject(state['ItemProcessor']) && !state['ItemProcessor']['States']) return { ...state, ItemProcessor: { ...state['ItemProcessor'], ...inner('') } };
  return state;
}

/** Puts a new state onto an edge: what led to the target leads to it, and it leads to the target. */
export function insertOnEdge(definition: Json, edge: GraphEdge, template: Template): { changes: Change[]; path: Path } {
  const block = blockPathOf(edge);
  const name = freshName(definition, template.name);
  const target = edge.path.at(-1) === 'End' ? undefined : asString(at(definition, edge.path));
  const state = filled(definition, { ...template.state });
  const type = asString(state['Type']) ?? '';
  if (type === 'Choice') Object.assign(state, target === undefined ? {} : { Choices: [emptyRule(state, definition, target)], Default: target });
  else if (!TERMINAL.has(type)) Object.assign(state, target === undefined ? { End: true } : { Next: target });
  const path = [...block, 'States', name];
  const changes: Change[] = [{ op: 'set', path, value: state, ...(target === undefined ? {} : { before: target }) }];
  return { changes: [...changes, ...lead(definition, edge.path, name)], path };
}

/** Makes the transition at `path` lead to state `name`: an end goes on, and a rule that is not there yet is made. */
function lead(definition: Json, path: Path, name: string): Change[] {
  if (path.at(-1) === 'End') return [{ op: 'set', path: [...path.slice(0, -1), 'Next'], value: name, before: 'End' }, { op: 'remove', path }];
  const [rule, rules, choice] = [path.slice(0, -1), path.slice(0, -2), path.slice(0, -3)];
  if (rules.at(-1) !== 'Choices' || at(definition, rule) !== undefined) return [{ op: 'set', path, value: name }];
  const state = at(definition, choice);
  const made = emptyRule(isObject(state) ? state : {}, definition, name);
  return [at(definition, rules) === undefined ? { op: 'set', path: rules, value: [made], before: 'Default' } : { op: 'set', path: rule, value: made }];
}

/** The ways that a Choice could still be given: one more rule, and what is done when no rule holds. */
export function openWays(definition: Json, node: GraphNode): GraphEdge[] {
  const state = at(definition, node.path);
  if (node.kind !== 'Choice' || !isObject(state)) return [];
  const way = (kind: EdgeKind, field: Path): GraphEdge => ({ id: pointer([...node.path, ...field]), from: node.id, to: '', kind, label: '', path: [...node.path, ...field] });
  const rule = way('choice', ['Choices', asArray(state['Choices']).length, 'Next']);
  return state['Default'] === undefined ? [rule, way('default', ['Default'])] : [rule];
}

/** A rule to begin with, another one than those that are there. */
function emptyRule(state: JsonObject, definition: Json, next: string): JsonObject {
  const number = asArray(state['Choices']).length + 1;
  const jsonata = (state['QueryLanguage'] ?? (isObject(definition) ? definition['QueryLanguage'] : undefined)) === 'JSONata';
  return jsonata ? { Condition: `{% $states.input.value = ${number} %}`, Next: next } : { Variable: '$.value', NumericEquals: number, Next: next };
}

/** The block in which an edge runs, from where its transition is written. */
function blockPathOf(edge: GraphEdge): Path {
  const states = edge.path.lastIndexOf('States');
  return edge.path.at(-1) === 'StartAt' ? edge.path.slice(0, -1) : edge.path.slice(0, states);
}

/** Puts the first state into an empty machine or block. */
export function insertInto(definition: Json | undefined, block: Path, template: Template): { changes: Change[]; path: Path } {
  const name = freshName(definition, template.name);
  const state = filled(definition, { ...template.state });
  if (!NO_NEXT.has(asString(state['Type']) ?? '')) state['End'] = true;
  const path = [...block, 'States', name];
  const has = isObject(at(definition, [...block, 'States']));
  const first = !has || Object.keys(at(definition, [...block, 'States']) as JsonObject).length === 0;
  const changes: Change[] = first ? [{ op: 'set', path: [...block, 'StartAt'], value: name, before: 'States' }] : [];
  if (has) changes.push({ op: 'set', path, value: state });
  else changes.push({ op: 'set', path: [...block, 'States'], value: { [name]: state } });
  return { changes, path };
}

/** Every place in a block that names a state as the next one. */
function references(definition: Json, block: Path, name: string): Path[] {
  const found: Path[] = [];
  const check = (path: Path) => {
    if (at(definition, path) === name) found.push(path);
  };
  check([...block, 'StartAt']);
  const states = at(definition, [...block, 'States']);
  for (const key of isObject(states) ? Object.keys(states) : []) {
    const here = [...block, 'States', key];
    check([...here, 'Next']);
    check([...here, 'Default']);
    for (const list of ['Choices', 'Catch']) asArray(at(definition, [...here, list])).forEach((_, index) => check([...here, list, index, 'Next']));
  }
  return found;
}

export function renameState(definition: Json, path: Path, name: string): Change[] {
  const uses = references(definition, blockOf(path), nameOf(path)).map((use): Change => ({ op: 'set', path: use, value: name }));
  return [...uses, { op: 'rename', path, name }];
}

/** Takes a state out: what led to it leads to where it led, or ends. */
export function removeState(definition: Json, path: Path): Change[] {
  const state = at(definition, path);
  const after = isObject(state) ? (asString(state['Next']) ?? asString(state['Default']) ?? asString(at(state, ['Choices', 0, 'Next']))) : undefined;
  const name = nameOf(path);
  const target = after === name ? undefined : after;
  const changes: Change[] = [];
  // Array elements are removed from the last to the first, so that the earlier indices stay right.
  for (const use of references(definition, blockOf(path), name).toReversed()) {
    if (target !== undefined) changes.push({ op: 'set', path: use, value: target });
    else if (use.at(-1) === 'Next' && typeof use.at(-2) === 'number') changes.push({ op: 'remove', path: use.slice(0, -1) });
    else if (use.at(-1) === 'Next') changes.push({ op: 'set', path: [...use.slice(0, -1), 'End'], value: true, before: 'Next' }, { op: 'remove', path: use });
    else changes.push({ op: 'remove', path: use });
  }
  const states = at(definition, [...blockOf(path), 'States']);
  const rest = isObject(states) ? Object.keys(states).filter((key) => key !== name) : [];
  if (target === undefined && at(definition, [...blockOf(path), 'StartAt']) === name && rest[0] !== undefined) {
    changes.push({ op: 'set', path: [...blockOf(path), 'StartAt'], value: rest[0] });
  }
  return [...changes, { op: 'remove', path }];
}

/** A copy beside the state, reached from it. */
export function duplicateState(definition: Json, path: Path): { changes: Change[]; path: Path } | undefined {
  const state = at(definition, path);
  if (!isObject(state)) return undefined;
  const name = freshName(definition, nameOf(path));
  const copy = structuredClone(state) as JsonObject;
  const taken = allNames(definition).add(name);
  for (const branch of asArray(copy['Branches'])) renameInner(branch, taken);
  renameInner(copy[processorKey(copy)], taken);
  const next = [...blockOf(path), 'States', name];
  const changes: Change[] = [{ op: 'set', path: next, value: copy }];
  if (state['Next'] !== undefined || state['End'] === true) {
    if (state['End'] === true) changes.push({ op: 'set', path: [...path, 'Next'], value: name, before: 'End' }, { op: 'remove', path: [...path, 'End'] });
    else changes.push({ op: 'set', path: [...path, 'Next'], value: name });
  }
  return { changes, path: next };
}

/** Gives the states of a copied block names of their own. */
function renameInner(machine: Json | undefined, taken: Set<string>): void {
  if (!isObject(machine) || !isObject(machine['States'])) return;
  const names = new Map<string, string>();
  for (const name of Object.keys(machine['States'])) {
    let fresh = name;
    for (let number = 2; taken.has(fresh); number++) fresh = `${name} ${number}`;
    taken.add(fresh);
    names.set(name, fresh);
  }
  const states: JsonObject = {};
  for (const [name, state] of Object.entries(machine['States'])) {
    if (isObject(state)) {
      retarget(state, names);
      asArray(state['Branches']).forEach((branch) => renameInner(branch, taken));
      renameInner(state[processorKey(state)], taken);
    }
    states[names.get(name) ?? name] = state;
  }
  machine['States'] = states;
  machine['StartAt'] = names.get(String(machine['StartAt'])) ?? machine['StartAt'] ?? null;
}

function retarget(state: JsonObject, names: Map<string, string>): void {
  for (const holder of [state, ...asArray(state['Choices']), ...asArray(state['Catch'])]) {
    if (!isObject(holder)) continue;
    for (const key of ['Next', 'Default']) if (typeof holder[key] === 'string') holder[key] = names.get(holder[key]) ?? holder[key];
  }
}

/** Moves a state onto another edge of the same block. */
export function moveToEdge(definition: Json, path: Path, edge: GraphEdge): Change[] {
  const name = nameOf(path);
  const state = at(definition, path);
  const block = blockPathOf(edge);
  const type = isObject(state) ? asString(state['Type']) : undefined;
  if (pointer(block) !== pointer(blockOf(path)) || edge.from === pointer(path) || edge.to === pointer(path)) return [];
  const target = edge.path.at(-1) === 'End' ? undefined : asString(at(definition, edge.path));
  const out = removeState(definition, path).slice(0, -1);
  const into: Change[] = lead(definition, edge.path, name);
  if (type !== undefined && !NO_NEXT.has(type)) {
    if (target === undefined) into.push({ op: 'set', path: [...path, 'End'], value: true }, { op: 'remove', path: [...path, 'Next'] });
    else into.push({ op: 'set', path: [...path, 'Next'], value: target, before: 'End' }, { op: 'remove', path: [...path, 'End'] });
  }
  return [...out, ...into];
}

/** Points a transition elsewhere; `undefined` ends the machine there. */
export function setNext(path: Path, target: string | undefined): Change[] {
  if (target === undefined) return [{ op: 'set', path: [...path, 'End'], value: true, before: 'Next' }, { op: 'remove', path: [...path, 'Next'] }];
  return [{ op: 'set', path: [...path, 'Next'], value: target, before: 'End' }, { op: 'remove', path: [...path, 'End'] }];
}
