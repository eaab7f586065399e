/** Turns a definition, however incomplete, into the blocks, nodes and edges that are drawn. */
import { conditionSummary } from './condition.ts';
import { parseResource, patternName } from './resource.ts';
import { asArray, asString, isObject, type Json, type JsonObject, type Path, pointer, STATE_TYPES, type StateType } from './types.ts';

/** `Missing` stands for a target that the definition names but does not have. */
export type NodeKind = StateType | 'Start' | 'End' | 'Missing';
export type EdgeKind = 'next' | 'choice' | 'default' | 'catch';

export interface GraphNode {
  /** The JSON pointer of the state: unique even where an invalid definition repeats a name. */
  id: string;
  name: string;
  kind: NodeKind;
  subtitle: string;
  /** What a Task calls, as its ARN spells it. */
  service?: string;
  path: Path;
  /** A Map that runs its items as executions of their own. */
  distributed: boolean;
  /** Branches of a Parallel, or the one item processor of a Map. */
  blocks: Block[];
}

export interface GraphEdge {
  id: string;
  from: string;
  to: string;
  kind: EdgeKind;
  label: string;
  /** Where the transition is written: the path of the `Next`, `Default` or `StartAt` field. */
  path: Path;
}

/** One `States` object: the scope that transitions cannot leave. */
export interface Block {
  path: Path;
  start: string | undefined;
  nodes: GraphNode[];
  edges: GraphEdge[];
}

/** Deeper nesting than any real definition has; below it nothing is drawn. */
const MAX_DEPTH = 16;

export function graphOf(definition: Json | undefined): Block {
  return blockOf(isObject(definition) ? definition : {}, [], 0);
}

function blockOf(machine: JsonObject, path: Path, depth: number): Block {
  const states = isObject(machine['States']) ? machine['States'] : {};
  const id = (name: string) => pointer([...path, 'States', name]);
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  for (const [name, state] of Object.entries(states)) {
    if (!isObject(state)) continue;
    nodes.push(nodeOf(name, state, [...path, 'States', name], depth));
  }
  const root = depth === 0;
  const startNode = pseudo('Start', path);
  const endNode = pseudo('End', path);
  const startAt = asString(machine['StartAt']);
  const add = (from: string, target: string, kind: EdgeKind, label: string, at: Path) => {
    const to = id(target);
    if (!nodes.some((node) => node.id === to)) nodes.push(missing(target, to, path));
    edges.push({ id: pointer(at), from, to, kind, label, path: at });
  };
  if (nodes.length > 0 && startAt !== undefined) add(startNode.id, startAt, 'next', '', [...path, 'StartAt']);
  for (const [name, state] of Object.entries(states)) {
    if (!isObject(state)) continue;
    const here: Path = [...path, 'States', name];
    for (const edge of transitionsOf(state, here)) add(id(name), edge.target, edge.kind, edge.label, edge.path);
    if (root && state['End'] === true) {
      const at = [...here, 'End'];
      edges.push({ id: pointer(at), from: id(name), to: endNode.id, kind: 'next', label: '', path: at });
    }
  }
  const ended = edges.some((edge) => edge.to === endNode.id);
  const started = nodes.length > 0;
  return {
    path,
    start: started ? startNode.id : undefined,
    nodes: [...(started ? [startNode] : []), ...nodes, ...(ended ? [endNode] : [])],
    edges,
  };
}

function pseudo(kind: 'Start' | 'End', path: Path): GraphNode {
  return { id: `${pointer(path)}#${kind}`, name: kind, kind, subtitle: '', path, distributed: false, blocks: [] };
}

function missing(name: string, id: string, path: Path): GraphNode {
  return { id, name, kind: 'Missing', subtitle: 'Does not exist', path: [...path, 'States', name], distributed: false, blocks: [] };
}

function nodeOf(name: string, state: JsonObject, path: Path, depth: number): GraphNode {
  const type = STATE_TYPES.find((candidate) => candidate === state['Type']);
  const processor = processorKey(state);
  const blocks: Block[] = [];
  if (depth < MAX_DEPTH && type === 'Parallel') {
    asArray(state['Branches']).forEach((branch, index) => {
      blocks.push(blockOf(isObject(branch) ? branch : {}, [...path, 'Branches', index], depth + 1));
    });
  }
  if (depth < MAX_DEPTH && type === 'Map') {
    const inner = state[processor];
    blocks.push(blockOf(isObject(inner) ? inner : {}, [...path, processor], depth + 1));
  }
  const distributed = type === 'Map' && isDistributed(state);
  const service = type === 'Task' ? { service: parseResource(asString(state['Resource']) ?? '').service } : {};
  return { id: pointer(path), name, kind: type ?? 'Missing', subtitle: subtitleOf(state, type), ...service, path, distributed, blocks };
}

/** `Iterator` is the older name of `ItemProcessor`. */
export function processorKey(state: JsonObject): 'ItemProcessor' | 'Iterator' {
  return state['ItemProcessor'] === undefined && state['Iterator'] !== undefined ? 'Iterator' : 'ItemProcessor';
}

export function isDistributed(state: JsonObject): boolean {
  const processor = state[processorKey(state)];
  const config = isObject(processor) ? processor['ProcessorConfig'] : undefined;
  return isObject(config) && config['Mode'] === 'DISTRIBUTED';
}

interface Transition {
  target: string;
  kind: EdgeKind;
  label: string;
  path: Path;
}

/** Every way out of a state, in the order a person would draw them: onwards, then errors. */
function transitionsOf(state: JsonObject, path: Path): Transition[] {
  const found: Transition[] = [];
  const push = (target: Json | undefined, kind: EdgeKind, label: string, at: Path) => {
    if (typeof target === 'string') found.push({ target, kind, label, path: at });
  };
  asArray(state['Choices']).forEach((rule, index) => {
    if (isObject(rule)) push(rule['Next'], 'choice', conditionSummary(rule), [...path, 'Choices', index, 'Next']);
  });
  push(state['Default'], 'default', 'otherwise', [...path, 'Default']);
  push(state['Next'], 'next', '', [...path, 'Next']);
  asArray(state['Catch']).forEach((catcher, index) => {
    if (isObject(catcher)) push(catcher['Next'], 'catch', catchLabel(catcher), [...path, 'Catch', index, 'Next']);
  });
  return found;
}

function catchLabel(catcher: JsonObject): string {
  const errors = asArray(catcher['ErrorEquals']).map(String);
  if (errors.length === 0 || errors.includes('States.ALL')) return 'any error';
  const first = errors[0] ?? '';
  return errors.length > 1 ? `${first} +${errors.length - 1}` : first;
}

function subtitleOf(state: JsonObject, type: StateType | undefined): string {
  switch (type) {
    case 'Task': {
      const resource = parseResource(asString(state['Resource']) ?? '');
      const pattern = patternName(resource.pattern);
      return pattern ? `${resource.label} · ${pattern}` : resource.label;
    }
    case 'Wait':
      return waitSubtitle(state);
    case 'Choice':
      return 'Choice';
    case 'Fail':
      return asString(state['Error']) ?? asString(state['ErrorPath']) ?? 'Fail';
    case 'Map':
      return isDistributed(state) ? 'Distributed map' : 'Map';
    case 'Parallel':
      return `Parallel · ${asArray(state['Branches']).length} branches`;
    case undefined:
      return state['Type'] === undefined ? 'No type' : `Unknown type ${JSON.stringify(state['Type'])}`;
    default:
      return type;
  }
}

function waitSubtitle(state: JsonObject): string {
  const seconds = state['Seconds'];
  if (typeof seconds === 'number') return `Wait · ${duration(seconds)}`;
  const when = state['Timestamp'] ?? state['TimestampPath'];
  if (when !== undefined) return `Wait until ${String(when)}`;
  const how = seconds ?? state['SecondsPath'];
  return how === undefined ? 'Wait' : `Wait · ${String(how)} s`;
}

function duration(seconds: number): string {
  const units: [number, string][] = [[86_400, 'd'], [3_600, 'h'], [60, 'min']];
  const unit = units.find(([size]) => seconds >= size && seconds % size === 0);
  return unit ? `${seconds / unit[0]} ${unit[1]}` : `${seconds} s`;
}
