/** How large things are drawn: every number that layout and drawing must agree on. */
import type { GraphEdge, GraphNode } from '../asl/graph.ts';
import { textWidth, wrap } from './text.ts';

export const CARD_WIDTH = 220;
export const CARD_HEIGHT = 56;
/** Added when the title takes two lines. */
export const TITLE_LINE = 17;
/** From the card's left edge to its text: the icon lives there. */
export const CARD_TEXT_LEFT = 52;
export const CARD_TEXT_RIGHT = 14;
export const TITLE_SIZE = 13.5;
export const SUBTITLE_SIZE = 11.5;
/** The pill that marks where the machine begins and ends. */
export const PILL_WIDTH = 64;
export const PILL_HEIGHT = 28;
/** The dot where a branch or an iteration begins. */
export const DOT = 10;

/** Inside a container, around its blocks. */
export const CONTAINER_PADDING = 16;
export const BLOCK_PADDING = 14;
export const BLOCK_GAP = 14;
/** A branch that holds nothing yet still has room to drop a state into. */
export const EMPTY_BLOCK = { width: 176, height: 64 };

export const LABEL_SIZE = 11;
export const LABEL_LINE = 14;
export const LABEL_WIDTH = 132;

/** Between neighbours in a row. */
export const NODE_GAP = 32;
export const BEND_GAP = 16;
/** Between rows: a gap grows when more than one line runs along it. */
export const ROW_GAP = 40;
export const LABEL_GAP = 18;
export const TRACK = 10;
export const TRACK_MARGIN = 14;
/** Below the dot where a branch begins. */
export const DOT_GAP = 24;
/** Between the lanes at the side on which loops run back. */
export const LANE = 18;

export interface Size {
  width: number;
  height: number;
}

export function titleLines(node: GraphNode, width: number = CARD_WIDTH): string[] {
  return wrap(node.name, width - CARD_TEXT_LEFT - CARD_TEXT_RIGHT, TITLE_SIZE, 2);
}

/** The size of a node that holds no blocks, which is also a container's header. */
export function cardSize(node: GraphNode, inner: boolean): Size {
  if (node.kind === 'Start' && inner) return { width: DOT, height: DOT };
  if (node.kind === 'Start' || node.kind === 'End') return { width: PILL_WIDTH, height: PILL_HEIGHT };
  return { width: CARD_WIDTH, height: CARD_HEIGHT + (titleLines(node).length - 1) * TITLE_LINE };
}

export interface Label extends Size {
  lines: string[];
}

export function labelOf(edge: GraphEdge): Label | undefined {
  if (edge.label === '') return undefined;
  const lines = wrap(edge.label, LABEL_WIDTH, LABEL_SIZE, 2);
  const widest = Math.max(...lines.map((line) => textWidth(line, LABEL_SIZE)));
  return { lines, width: Math.ceil(widest) + 14, height: lines.length * LABEL_LINE + 6 };
}
