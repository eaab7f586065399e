/** Says for each node and edge of a graph what happened to it: at a moment, in a chosen iteration. */
import type { Block, GraphEdge, GraphNode } from '../asl/graph.ts';
import type { NodeMark } from '../graph/Drawing.tsx';
import { type History, type Scope, statusAt, type Visit } from './fold.ts';
import type { Status } from './status.ts';

/** Which iteration of each Map, by the Map's name, is looked at. A Map not named shows all together. */
export type Selection = Readonly<Record<string, number>>;

/** When visits of several iterations are shown as one, the most pressing is what counts. */
const PRESSING: readonly Status[] = ['failed', 'timedOut', 'retrying', 'running', 'waiting', 'caught', 'aborted', 'succeeded'];

export function inSelection(visit: Visit, selection: Selection): boolean {
  for (let scope: Scope | undefined = visit.scope; scope; scope = scope.owner.scope) {
    const wanted = scope.owner.type === 'Map' ? selection[scope.owner.name] : undefined;
    if (wanted !== undefined && scope.index !== wanted) return false;
  }
  return true;
}

/** The visits that are shown, by state name, oldest first. */
export function visitsByName(history: History, selection: Selection, cursor = Number.POSITIVE_INFINITY): Map<string, Visit[]> {
  const shown = new Map<string, Visit[]>();
  for (const visit of history.visits) {
    if (visit.id > cursor) break;
    if (!inSelection(visit, selection)) continue;
    const list = shown.get(visit.name);
    if (list) list.push(visit);
    else shown.set(visit.name, [visit]);
  }
  return shown;
}

function allNodes(block: Block): GraphNode[] {
  return block.nodes.flatMap((node) => [node, ...node.blocks.flatMap(allNodes)]);
}

function allEdges(block: Block): GraphEdge[] {
  return [...block.edges, ...block.nodes.flatMap((node) => node.blocks.flatMap(allEdges))];
}

export interface Marks {
  nodes: Map<string, NodeMark>;
  taken: Set<string>;
}

export function marksOf(history: History, graph: Block, selection: Selection, cursor = Number.POSITIVE_INFINITY): Marks {
  const shown = visitsByName(history, selection, cursor);
  const nodes = new Map<string, NodeMark>();
  const nameOf = new Map<string, string>();
  for (const node of allNodes(graph)) {
    nameOf.set(node.id, node.name);
    const visits = node.kind === 'Start' || node.kind === 'End' ? undefined : shown.get(node.name);
    if (visits) nodes.set(node.id, markOf(visits, cursor));
  }
  return { nodes, taken: takenEdges(history, graph, nameOf, shown, cursor) };
}

function markOf(visits: Visit[], cursor: number): NodeMark {
  const scopes = new Set(visits.map((visit) => visit.scope));
  // Repeated visits in one scope are a loop: the last one counts. Across scopes they are iterations.
  const latest = scopes.size <= 1 ? visits.slice(-1) : visits;
  const statuses = new Set(latest.map((visit) => statusAt(visit, cursor)));
  const status = PRESSING.find((candidate) => statuses.has(candidate)) ?? 'running';
  const last = latest.at(-1);
  const attempts = last?.attempts.filter((attempt) => attempt.startId <= cursor).length ?? 0;
  const note = visits.length > 1 ? `×${visits.length}` : attempts > 1 ? `${attempts} attempts` : progress(last, cursor);
  return { status, ...(note ? { note } : {}) };
}

/** `12 / 40` for a Map that is at work. */
function progress(visit: Visit | undefined, cursor: number): string {
  if (visit?.type !== 'Map' || !visit.length) return '';
  // The children of a distributed Map are executions of their own, which this history says nothing about.
  if (visit.mapRunArn !== undefined) return `${visit.length.toLocaleString()} items`;
  const done = visit.scopes.filter((scope) => statusAt(scope, cursor) === 'succeeded').length;
  return `${done} / ${visit.length}`;
}

function takenEdges(history: History, graph: Block, nameOf: Map<string, string>, shown: Map<string, Visit[]>, cursor: number): Set<string> {
  const taken = new Set<string>();
  const ended = history.changes.some((change) => change.status === 'succeeded' && change.id <= cursor);
  for (const edge of allEdges(graph)) {
    const from = nameOf.get(edge.from) ?? '';
    const arrivals = shown.get(nameOf.get(edge.to) ?? '') ?? [];
    if (edge.from.endsWith('#Start')) {
      if (arrivals.some((visit) => visit.from === undefined)) taken.add(edge.id);
    } else if (edge.to.endsWith('#End')) {
      if (ended && shown.get(from)?.at(-1)?.exitedId !== undefined && shown.get(from)?.at(-1) === lastTop(history)) taken.add(edge.id);
    } else if (arrivals.some((visit) => visit.from?.name === from && (statusAt(visit.from) === 'caught') === (edge.kind === 'catch'))) {
      taken.add(edge.id);
    }
  }
  return taken;
}

function lastTop(history: History): Visit | undefined {
  return history.visits.findLast((visit) => visit.scope === undefined);
}
