/** `layout(graph)`: where everything of a state machine is drawn. A pure function.
 *
 * Transitions never cross the border of a Parallel branch or a Map's processor, so each inner machine
 * is laid out by itself and then stands in its container as one piece of fixed size. */
import type { Block, EdgeKind, GraphEdge, GraphNode } from '../asl/graph.ts';
import { pointer } from '../asl/types.ts';
import { type Item, layer } from './layers.ts';
import { orderRows } from './order.ts';
import { placeRows } from './place.ts';
import { type Point, route } from './route.ts';
import { BLOCK_GAP, BLOCK_PADDING, cardSize, CONTAINER_PADDING, EMPTY_BLOCK, type Label, type Size, titleLines } from './sizes.ts';

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface PlacedNode extends Box {
  node: GraphNode;
  title: string[];
  /** The height of the card, or of the header when blocks stand below it. */
  header: number;
  /** How many containers it is in. */
  depth: number;
}

/** The area of one branch or processor inside its container. */
export interface PlacedBlock extends Box {
  id: string;
  block: Block;
  owner: GraphNode;
  depth: number;
}

export interface PlacedLabel extends Box {
  lines: string[];
}

export interface PlacedEdge {
  id: string;
  edge: GraphEdge;
  kind: EdgeKind;
  points: Point[];
  label?: PlacedLabel;
}

export interface Layout {
  width: number;
  height: number;
  /** Containers come before what they contain. */
  nodes: PlacedNode[];
  blocks: PlacedBlock[];
  edges: PlacedEdge[];
}

export function layout(graph: Block): Layout {
  return layoutBlock(graph, 0);
}

/** A node's size and, for a container, the layouts of its blocks. */
interface Measured extends Size {
  header: number;
  inner: Layout[];
}

function layoutBlock(block: Block, depth: number): Layout {
  const measured = new Map<GraphNode, Measured>();
  for (const node of block.nodes) measured.set(node, measure(node, depth));
  const layered = layer(block, (node) => measured.get(node) ?? { width: 0, height: 0 });
  const rows = orderRows(layered.rows);
  placeRows(rows);
  const routed = route({ ...layered, rows });
  const result: Layout = { width: routed.right - routed.left, height: routed.height, nodes: [], blocks: [], edges: [] };
  const items = rows.flat();
  const labels = new Map(items.filter((item) => item.kind === 'label').map((item) => [item.edge, item]));
  for (const item of items) {
    const size = item.node && measured.get(item.node);
    if (item.node && size) placeNode(result, item.node, size, boxOf(item, routed.left), depth);
  }
  for (const [edge, line] of routed.lines) {
    const points = line.map((point) => ({ x: point.x - routed.left, y: point.y }));
    const item = labels.get(edge);
    const label = item?.label && { ...boxOf(item, routed.left), lines: (item.label satisfies Label).lines };
    result.edges.push({ id: edge.id, edge, kind: edge.kind, points, ...(label ? { label } : {}) });
  }
  return result;
}

function boxOf(item: Item, left: number): Box {
  return { x: item.x - item.width / 2 - left, y: item.y, width: item.width, height: item.height };
}

function measure(node: GraphNode, depth: number): Measured {
  const card = cardSize(node, depth > 0);
  if (node.blocks.length === 0) return { ...card, header: card.height, inner: [] };
  const inner = node.blocks.map((block) => layoutBlock(block, depth + 1));
  const sizes = inner.map(areaOf);
  const width = sizes.reduce((sum, size) => sum + size.width, 0) + BLOCK_GAP * (sizes.length - 1) + 2 * CONTAINER_PADDING;
  const height = card.height + Math.max(...sizes.map((size) => size.height)) + CONTAINER_PADDING;
  return { width: even(Math.max(card.width, width)), height, header: card.height, inner };
}

/** Even widths keep centres on whole pixels. */
function even(width: number): number {
  return Math.ceil(width / 2) * 2;
}

function areaOf(inner: Layout): Size {
  if (inner.nodes.length === 0) return EMPTY_BLOCK;
  return { width: inner.width + 2 * BLOCK_PADDING, height: inner.height + 2 * BLOCK_PADDING };
}

function placeNode(result: Layout, node: GraphNode, size: Measured, box: Box, depth: number): void {
  result.nodes.push({ ...box, node, title: titleLines(node, Math.max(box.width, 0)), header: size.header, depth });
  if (size.inner.length === 0) return;
  const areas = size.inner.map(areaOf);
  const used = areas.reduce((sum, area) => sum + area.width, 0) + BLOCK_GAP * (areas.length - 1);
  const height = Math.max(...areas.map((area) => area.height));
  let x = box.x + Math.round((box.width - used) / 2);
  for (const [index, inner] of size.inner.entries()) {
    const area = areas[index] ?? EMPTY_BLOCK;
    const block = node.blocks[index];
    if (!block) continue;
    const at = { x, y: box.y + size.header, width: area.width, height };
    result.blocks.push({ ...at, id: pointer(block.path), block, owner: node, depth });
    addShifted(result, inner, at.x + Math.round((area.width - inner.width) / 2), at.y + BLOCK_PADDING);
    x += area.width + BLOCK_GAP;
  }
}

function addShifted(result: Layout, inner: Layout, dx: number, dy: number): void {
  const shift = <T extends Point>(thing: T): T => ({ ...thing, x: thing.x + dx, y: thing.y + dy });
  result.nodes.push(...inner.nodes.map(shift));
  result.blocks.push(...inner.blocks.map(shift));
  for (const edge of inner.edges) {
    result.edges.push({ ...edge, points: edge.points.map(shift), ...(edge.label ? { label: shift(edge.label) } : {}) });
  }
}
