/** Puts the nodes of one block into rows: loops are found, ranks given, long edges cut into links. */
import type { Block, GraphEdge, GraphNode } from '../asl/graph.ts';
import { groupBy } from '../group.ts';
import { type Label, labelOf, type Size } from './sizes.ts';

/** Something that takes room in a row: a node, an edge's label, or an edge passing by. */
export interface Item {
  kind: 'node' | 'label' | 'bend';
  width: number;
  height: number;
  row: number;
  /** The centre. */
  x: number;
  y: number;
  node?: GraphNode;
  edge?: GraphEdge;
  label?: Label;
  up: Link[];
  down: Link[];
}

/** A piece of an edge between neighbouring rows. */
export interface Link {
  from: Item;
  to: Item;
  edge: GraphEdge;
}

/** An edge that runs back up: from an item's bottom, along a lane, to the top of a node. */
export interface Loop {
  edge: GraphEdge;
  from: Item;
  to: Item;
}

export interface Layered {
  rows: Item[][];
  links: Link[];
  loops: Loop[];
}

export function layer(block: Block, sizeOf: (node: GraphNode) => Size): Layered {
  const back = backEdges(block);
  const ranks = ranksOf(block, back);
  return cut(block, sizeOf, back, ranks);
}

/** Depth first from the start, onward transitions before error handlers: an edge to a node that is
 * still open closes a loop. Iterative, because definitions may be long chains. */
function backEdges(block: Block): Set<GraphEdge> {
  const out = groupBy(block.edges, (edge) => edge.from);
  const state = new Map<string, 'open' | 'done'>();
  const back = new Set<GraphEdge>();
  const roots = [...(block.start === undefined ? [] : [block.start]), ...block.nodes.map((node) => node.id)];
  for (const root of roots) {
    if (state.has(root)) continue;
    state.set(root, 'open');
    const stack = [{ id: root, next: 0 }];
    for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
      const edge = out.get(frame.id)?.[frame.next++];
      if (!edge) {
        state.set(frame.id, 'done');
        stack.pop();
      } else if (state.get(edge.to) === 'open') {
        back.add(edge);
      } else if (!state.has(edge.to)) {
        state.set(edge.to, 'open');
        stack.push({ id: edge.to, next: 0 });
      }
    }
  }
  return back;
}

/** The longest way from the start gives the row, so that every edge points down. */
function ranksOf(block: Block, back: Set<GraphEdge>): Map<string, number> {
  const ranks = new Map<string, number>();
  const waiting = new Map<string, number>();
  const out = new Map<string, GraphEdge[]>();
  for (const node of block.nodes) waiting.set(node.id, 0);
  for (const edge of block.edges) {
    if (back.has(edge)) continue;
    waiting.set(edge.to, (waiting.get(edge.to) ?? 0) + 1);
    const list = out.get(edge.from);
    if (list) list.push(edge);
    else out.set(edge.from, [edge]);
  }
  const ready = block.nodes.filter((node) => waiting.get(node.id) === 0);
  // A state that nothing leads to stands in the first row of states, beside the real first one.
  for (const node of ready) ranks.set(node.id, node.id === block.start || block.start === undefined ? 0 : 1);
  for (let node = ready.shift(); node; node = ready.shift()) {
    const rank = ranks.get(node.id) ?? 0;
    for (const edge of out.get(node.id) ?? []) {
      ranks.set(edge.to, Math.max(ranks.get(edge.to) ?? 0, rank + 1));
      const left = (waiting.get(edge.to) ?? 1) - 1;
      waiting.set(edge.to, left);
      const target = left === 0 ? block.nodes.find((each) => each.id === edge.to) : undefined;
      if (target) ready.push(target);
    }
  }
  lowerEnd(block, ranks);
  return ranks;
}

/** The end stands below everything else. */
function lowerEnd(block: Block, ranks: Map<string, number>): void {
  const end = block.nodes.find((node) => node.kind === 'End');
  if (!end) return;
  const others = block.nodes.filter((node) => node !== end).map((node) => ranks.get(node.id) ?? 0);
  ranks.set(end.id, Math.max(ranks.get(end.id) ?? 0, ...others.map((rank) => rank)));
}

/** Makes items: a row for nodes, below it one for labels where some edge has one. */
function cut(block: Block, sizeOf: (node: GraphNode) => Size, back: Set<GraphEdge>, ranks: Map<string, number>): Layered {
  const rankOf = (id: string) => ranks.get(id) ?? 0;
  const labelled = new Set(block.edges.filter((edge) => edge.label !== '').map((edge) => rankOf(edge.from)));
  const last = Math.max(0, ...ranks.values());
  const rowOf: number[] = [];
  for (let rank = 0, row = 0; rank <= last; rank++) {
    rowOf[rank] = row;
    row += labelled.has(rank) ? 2 : 1;
  }
  const rows: Item[][] = Array.from({ length: (rowOf[last] ?? 0) + (labelled.has(last) ? 2 : 1) }, () => []);
  const items = new Map<string, Item>();
  for (const node of block.nodes) {
    const size = sizeOf(node);
    items.set(node.id, newItem('node', rowOf[rankOf(node.id)] ?? 0, size, { node }));
  }
  const links: Link[] = [];
  const loops: Loop[] = [];
  const join = (from: Item, to: Item, edge: GraphEdge) => {
    const link = { from, to, edge };
    from.down.push(link);
    to.up.push(link);
    links.push(link);
  };
  const made: Item[] = [];
  for (const edge of block.edges) {
    const from = items.get(edge.from);
    const to = items.get(edge.to);
    if (!from || !to) continue;
    const label = labelOf(edge);
    let at = from;
    const step = (next: Item) => {
      join(at, next, edge);
      if (next.kind !== 'node') made.push(next);
      at = next;
    };
    if (label) step(newItem('label', from.row + 1, label, { edge, label }));
    if (back.has(edge)) {
      loops.push({ edge, from: at, to });
      continue;
    }
    while (at.row + 1 < to.row) step(newItem('bend', at.row + 1, { width: 0, height: 0 }, { edge }));
    step(to);
  }
  for (const item of firstOrder(block, items, made)) rows[item.row]?.push(item);
  return { rows, links, loops };
}

function newItem(kind: Item['kind'], row: number, size: Size, extra: Partial<Item>): Item {
  return { kind, row, width: size.width, height: size.height, x: 0, y: 0, up: [], down: [], ...extra };
}

/** The order in which a reader meets things: depth first, so branches stand left to right as written
 * and error handlers to the right of what they guard. */
function firstOrder(block: Block, items: Map<string, Item>, made: Item[]): Item[] {
  const seen = new Set<Item>();
  const order: Item[] = [];
  const roots = [...(block.start === undefined ? [] : [block.start]), ...block.nodes.map((node) => node.id)];
  const all = [...roots.map((id) => items.get(id)), ...made];
  for (const root of all) {
    const stack = root ? [root] : [];
    for (let item = stack.pop(); item; item = stack.pop()) {
      if (seen.has(item)) continue;
      seen.add(item);
      order.push(item);
      for (const link of item.down.toReversed()) stack.push(link.to);
    }
  }
  return order;
}
