/** Where a click in the palette puts a state, and how that is said. */
import type { GraphEdge, GraphNode } from '../../asl/graph.ts';
import { openWays } from '../../asl/operations.ts';
import { at, parsePointer } from '../../asl/types.ts';
import type { Snapshot } from './session.ts';

export interface Place {
  edge: GraphEdge;
  hint: string;
}

type Seen = Pick<Snapshot, 'value' | 'layout' | 'selected'>;

const TERMINAL = new Set(['Succeed', 'Fail']);

function wordOf(id: string): string {
  return String(parsePointer(id).at(-1) ?? '').replace('#End', 'the end') || 'the end';
}

function edgesOf(shot: Seen): GraphEdge[] {
  return shot.layout.edges.map((placed) => placed.edge);
}

/** The edge that was chosen on the canvas, the way out of the selected state, or the end. */
export function placeFor(shot: Seen, target: string | undefined): Place | undefined {
  const nodes = shot.layout.nodes.map((placed) => placed.node);
  const edge = target === undefined ? undefined : edgesOf(shot).find((each) => each.id === target);
  if (edge) return { edge, hint: `Click to insert before ${wordOf(edge.to)}` };
  const way = target === undefined ? undefined : nodes.flatMap((node) => openWays(shot.value, node)).find((each) => each.id === target);
  if (way) return { edge: way, hint: wayHint(way) };
  const selected = nodes.find((node) => node.id === shot.selected);
  const found = selected && besides(shot, selected);
  return found ?? atEnd(shot, nodes);
}

function wayHint(way: GraphEdge): string {
  return way.kind === 'default' ? `Click to add what ${wordOf(way.from)} does otherwise` : `Click to add a rule of ${wordOf(way.from)} and where it leads`;
}

/** After a state; before one after which nothing comes. */
function besides(shot: Seen, node: GraphNode): Place | undefined {
  const edges = edgesOf(shot);
  if (TERMINAL.has(node.kind)) {
    const edge = edges.find((each) => each.to === node.id);
    return edge && { edge, hint: `Click to insert before ${node.name}` };
  }
  const out = edges.filter((each) => each.from === node.id && each.kind !== 'catch');
  // A Choice wants a rule first, then what is done otherwise.
  const ways = openWays(shot.value, node);
  const way = out.some((each) => each.kind === 'choice') ? ways.find((each) => each.kind === 'default') : ways[0];
  if (way) return { edge: way, hint: wayHint(way) };
  // Inside a container the end is not drawn: the state's own `End` stands for it.
  const ends = at(shot.value, [...node.path, 'End']) === true;
  const edge = out[0] ?? (ends ? { id: '', from: node.id, to: '', kind: 'next' as const, label: '', path: [...node.path, 'End'] } : undefined);
  return edge && { edge, hint: `Click to add after ${node.name}` };
}

/** Nothing is selected: at the end of the machine, or what is nearest to that. */
function atEnd(shot: Seen, nodes: readonly GraphNode[]): Place | undefined {
  const top = nodes.filter((node) => node.path.length === 2);
  const edges = edgesOf(shot).filter((edge) => edge.path.length <= 3 || edge.path[2] === 'Choices' || edge.path[2] === 'Catch');
  const end = edges.findLast((edge) => edge.to === '#End');
  const hint = 'Click to add, or drag to a + on the canvas';
  if (end) return { edge: end, hint };
  const open = top.flatMap((node) => openWays(shot.value, node)).find((way) => way.kind === 'default' || way.path.at(-2) === 0);
  if (open) return { edge: open, hint: wayHint(open) };
  const last = top.findLast((node) => TERMINAL.has(node.kind));
  const edge = edges.find((each) => each.to === last?.id) ?? edges[0];
  return edge && { edge, hint };
}
