/** Draws the edges of one block as right-angled lines that run between the rows, never through them. */
import type { GraphEdge } from '../asl/graph.ts';
import { groupBy } from '../group.ts';
import type { Item, Layered, Link, Loop } from './layers.ts';
import { CARD_WIDTH, DOT, DOT_GAP, LABEL_GAP, LANE, ROW_GAP, TRACK, TRACK_MARGIN } from './sizes.ts';

export interface Point {
  x: number;
  y: number;
}

/** One horizontal run in the gap below a row; `row` -1 is the gap above the first. */
interface Run {
  edge: GraphEdge;
  row: number;
  /** Where the line comes from above, and where it leaves downwards. */
  enter: number;
  leave: number;
  /** Runs of one group share a track: a fork from one state, or a merge into one. */
  group: string;
  track: number;
}

/** Straightening may move a line this far from the middle of a card. */
const SNAP = 14;
/** Error handlers leave from here, right or left of the middle, so that they read as a way out. */
const CATCH_PORT = CARD_WIDTH / 2 - 26;

export interface Routed {
  /** For each edge its corner points from source to target. */
  lines: Map<GraphEdge, Point[]>;
  height: number;
  left: number;
  right: number;
}

export function route({ rows, links, loops }: Layered): Routed {
  const lanes = lanesOf(rows, loops);
  const runs: Run[] = [];
  const runOf = new Map<Link, Run | undefined>();
  const enterOf = new Map<Link, number>();
  for (const link of links) {
    const [enter, leave] = ends(link);
    enterOf.set(link, enter);
    const run = enter === leave ? undefined : { edge: link.edge, row: link.from.row, enter, leave, group: groupOf(link), track: 0 };
    runOf.set(link, run);
    if (run) runs.push(run);
  }
  const loopRuns = loops.map((loop) => {
    const lane = lanes.get(loop) ?? 0;
    const kind = loop.edge.kind === 'catch' ? 'catch' : 'next';
    const out: Run = { edge: loop.edge, row: loop.from.row, enter: port(loop.edge, loop.from, lane), leave: lane, group: `loop-out ${loop.edge.id}`, track: 0 };
    const into: Run = { edge: loop.edge, row: loop.to.row - 1, enter: lane, leave: loop.to.x, group: `loop-in ${kind} ${loop.to.node?.id}`, track: 0 };
    runs.push(out, into);
    return { loop, lane, out, into };
  });
  const tracks = assignTracks(runs);
  const { gaps, height } = stack(rows, tracks);
  const yOf = (run: Run) => (gaps.get(run.row)?.top ?? 0) + (gaps.get(run.row)?.first ?? 0) + run.track * TRACK;
  const lines = new Map<GraphEdge, Point[]>();
  for (const link of links) {
    const line = lines.get(link.edge) ?? [];
    const run = runOf.get(link);
    const enter = enterOf.get(link) ?? 0;
    line.push({ x: enter, y: bottom(link.from) });
    if (run) line.push({ x: enter, y: yOf(run) }, { x: run.leave, y: yOf(run) });
    line.push({ x: run?.leave ?? enter, y: link.to.y });
    lines.set(link.edge, line);
  }
  for (const { loop, lane, out, into } of loopRuns) {
    const line = lines.get(loop.edge) ?? [];
    line.push({ x: out.enter, y: bottom(loop.from) }, { x: out.enter, y: yOf(out) }, { x: lane, y: yOf(out) });
    line.push({ x: lane, y: yOf(into) }, { x: into.leave, y: yOf(into) }, { x: into.leave, y: loop.to.y });
    lines.set(loop.edge, line);
  }
  const xs = [...lanes.values(), ...rows.flat().flatMap((item) => [item.x - item.width / 2, item.x + item.width / 2])];
  for (const [edge, line] of lines) lines.set(edge, simplify(line));
  if (xs.length === 0) return { lines, height, left: 0, right: 0 };
  return { lines, height, left: Math.min(...xs), right: Math.max(...xs) };
}

function bottom(item: Item): number {
  return item.y + item.height;
}

/** Where an edge leaves its source, given where it is going. */
function port(edge: GraphEdge, from: Item, towards: number): number {
  if (edge.kind !== 'catch' || from.kind !== 'node') return from.x;
  const offset = Math.min(CATCH_PORT, from.width / 2 - 10);
  return towards < from.x ? from.x - offset : from.x + offset;
}

/** The x at which a link leaves its upper end and reaches its lower one, made equal when nearly so. */
function ends(link: Link): [number, number] {
  const enter = port(link.edge, link.from, link.to.x);
  const leave = link.to.x;
  if (Math.abs(enter - leave) > SNAP) return [enter, leave];
  if (link.from.kind === 'node' && link.from.width > 2 * SNAP) return [leave, leave];
  if (link.to.kind === 'node' && link.to.width > 2 * SNAP) return [enter, enter];
  return [enter, leave];
}

function groupOf(link: Link): string {
  const kind = link.edge.kind === 'catch' ? 'catch' : 'next';
  const siblings = link.from.down.filter((other) => (other.edge.kind === 'catch') === (kind === 'catch'));
  if (link.from.kind === 'node' && siblings.length > 1) return `out ${kind} ${link.from.node?.id}`;
  if (link.to.kind === 'node') return `in ${kind} ${link.to.node?.id}`;
  return `edge ${link.edge.id}`;
}

/** For each loop the x of its lane: outside everything in the rows it passes, on the nearer side. */
function lanesOf(rows: Item[][], loops: Loop[]): Map<Loop, number> {
  const lanes = new Map<Loop, number>();
  const taken: { from: number; to: number; side: number; x: number }[] = [];
  const byLength = loops.toSorted((a, b) => a.from.row - a.to.row - (b.from.row - b.to.row));
  for (const loop of byLength) {
    const passed = rows.slice(loop.to.row, loop.from.row + 1).flat();
    const right = Math.max(...passed.map((item) => item.x + item.width / 2));
    const left = Math.min(...passed.map((item) => item.x - item.width / 2));
    const side = 2 * right - loop.from.x - loop.to.x <= loop.from.x + loop.to.x - 2 * left ? 1 : -1;
    const beside = taken.filter((lane) => lane.side === side && lane.from <= loop.from.row && loop.to.row <= lane.to);
    const edge = side > 0 ? right : -left;
    const x = side * (Math.max(edge, ...beside.map((lane) => side * lane.x)) + LANE);
    taken.push({ from: loop.to.row, to: loop.from.row, side, x });
    lanes.set(loop, x);
  }
  return lanes;
}

/** How many crossings there are when the runs `above` lie above the runs `below`. */
function cost(above: Run[], below: Run[]): number {
  const [aboveMin, aboveMax] = extent(above);
  const [belowMin, belowMax] = extent(below);
  let count = 0;
  for (const run of above) if (belowMin < run.leave && run.leave < belowMax) count++;
  for (const run of below) if (aboveMin < run.enter && run.enter < aboveMax) count++;
  for (const a of above) for (const b of below) if (Math.abs(a.leave - b.enter) < 4) count += 10;
  return count;
}

function extent(runs: Run[]): [number, number] {
  const xs = runs.flatMap((run) => [run.enter, run.leave]);
  return [Math.min(...xs), Math.max(...xs)];
}

/** Sets each run's track within its gap and answers how many tracks each gap has. */
function assignTracks(runs: Run[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const [row, inRow] of groupBy(runs, (run) => run.row)) {
    const groups = [...groupBy(inRow, (run) => run.group).values()];
    groups.sort((a, b) => extent(a)[0] - extent(b)[0] || extent(a)[1] - extent(b)[1]);
    for (let pass = 0; pass < groups.length && pass < 24; pass++) {
      for (let i = 0; i + 1 < groups.length; i++) {
        const [a, b] = [groups[i], groups[i + 1]];
        if (a && b && cost(b, a) < cost(a, b)) [groups[i], groups[i + 1]] = [b, a];
      }
    }
    const levels: { runs: Run[]; level: number }[] = [];
    for (const group of groups) {
      const [min, max] = extent(group);
      const blocked = levels.filter((other) => {
        const [otherMin, otherMax] = extent(other.runs);
        return otherMin <= max + 6 && min - 6 <= otherMax;
      });
      const level = Math.max(-1, ...blocked.map((other) => other.level)) + 1;
      levels.push({ runs: group, level });
      for (const run of group) run.track = level;
    }
    counts.set(row, Math.max(0, ...levels.map((each) => each.level)) + 1);
  }
  return counts;
}

/** Sets every item's y, and answers where each gap lies and where its first track is. */
function stack(rows: Item[][], tracks: Map<number, number>) {
  const gaps = new Map<number, { top: number; first: number }>();
  let y = 0;
  const open = (row: number, least: number) => {
    const count = tracks.get(row) ?? 0;
    const needed = count === 0 ? least : Math.max(least, 2 * TRACK_MARGIN + (count - 1) * TRACK);
    gaps.set(row, { top: y, first: Math.round((needed - Math.max(0, count - 1) * TRACK) / 2) });
    y += needed;
  };
  if (tracks.has(-1)) open(-1, ROW_GAP);
  for (const [index, row] of rows.entries()) {
    const height = Math.max(0, ...row.map((item) => item.height));
    for (const item of row) {
      item.y = item.kind === 'label' ? y + Math.round((height - item.height) / 2) : y;
      if (item.kind === 'bend') item.height = height;
    }
    y += height;
    if (index < rows.length - 1) open(index, leastGap(row, rows[index + 1]));
    else if (tracks.has(index)) open(index, ROW_GAP);
  }
  return { gaps, height: y };
}

function leastGap(above: Item[], below: Item[] | undefined): number {
  if (hasLabels(above) || hasLabels(below)) return LABEL_GAP + 6;
  return above.every((item) => item.height <= DOT) ? DOT_GAP : ROW_GAP;
}

function hasLabels(row: Item[] | undefined): boolean {
  return row?.some((item) => item.kind === 'label') ?? false;
}

/** Drops points that lie on the line between their neighbours. */
function simplify(line: Point[]): Point[] {
  const kept: Point[] = [];
  for (const point of line) {
    const b = kept.at(-1);
    const a = kept.at(-2);
    if (b && b.x === point.x && b.y === point.y) continue;
    if (a && b && ((a.x === b.x && b.x === point.x) || (a.y === b.y && b.y === point.y))) kept.pop();
    kept.push(point);
  }
  return kept;
}
