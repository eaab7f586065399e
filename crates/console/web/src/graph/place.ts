/** Gives every item its x: each row is the least-squares answer to "stand under your neighbours"
 * with the order and the distances of the row as constraints. */
import type { Item, Link } from './layers.ts';
import { BEND_GAP, NODE_GAP } from './sizes.ts';

const ROUNDS = 40;

export function placeRows(rows: Item[][]): void {
  for (const row of rows) {
    let x = 0;
    for (const [index, item] of row.entries()) {
      const before = row[index - 1];
      x += before ? distance(before, item) : 0;
      item.x = x;
    }
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const row of rows) settle(row, (item) => item.up);
    for (const row of rows.toReversed()) settle(row, (item) => item.down);
  }
  for (let round = 0; round < ROUNDS / 4; round++) {
    for (const row of rows) settle(row, (item) => [...item.up, ...item.down]);
  }
  for (const row of rows) for (const item of row) item.x = Math.round(item.x);
  for (const row of rows) spread(row);
  alignChains(rows);
  // Labels stand over what they lead to; lines bend once rather than twice, and late rather than early.
  for (const row of rows) for (const index of row.keys()) straighten(row, index, 'label');
  for (const row of rows) for (const index of row.keys()) straighten(row, index, 'bend');
  for (const row of rows.toReversed()) for (const index of row.keys()) straighten(row, index, 'bend');
}

/** Steps that simply follow each other stand on one line, wherever the rows leave room for that. */
function alignChains(rows: Item[][]): void {
  const next = (item: Item): Item | undefined => {
    const [link, other] = item.down.filter((each) => each.edge.kind !== 'catch');
    // What an edge passes on its way through rows belongs to the line as well.
    const follows = link && !other && (link.to.kind !== 'node' || onward(link.to.up) === 1);
    return follows ? link.to : undefined;
  };
  const nodes = rows.flat().filter((item) => item.kind === 'node');
  const followers = new Set(nodes.map(next));
  const rowOf = new Map(rows.flatMap((row) => row.map((item) => [item, row] as const)));
  for (const first of nodes.filter((item) => !followers.has(item))) {
    const chain: Item[] = [];
    for (let item: Item | undefined = first; item && !chain.includes(item); item = next(item)) chain.push(item);
    const middle = chain.map((item) => item.x).toSorted((a, b) => a - b)[Math.floor(chain.length / 2)] ?? 0;
    const wanted = [...new Set(chain.map((item) => item.x))].toSorted((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
    const x = wanted.find((each) => chain.every((item) => isFree(rowOf.get(item) ?? [], item, each)));
    if (x !== undefined) for (const item of chain) item.x = x;
  }
}

/** Whether `item` may stand at `x` without coming too near to its neighbours. */
function isFree(row: Item[], item: Item, x: number): boolean {
  const index = row.indexOf(item);
  const left = row[index - 1];
  const right = row[index + 1];
  return (!left || x - left.x >= distance(left, item)) && (!right || right.x - x >= distance(item, right));
}

/** Moves a label or a bend in line with an end of its edge, if its neighbours leave room. */
function straighten(row: Item[], index: number, kind: 'label' | 'bend'): void {
  const item = row[index];
  if (item?.kind !== kind) return;
  const up = item.up[0]?.from;
  const down = item.down[0]?.to;
  // Which way to look first does not matter to a bend that is in line with something already.
  if (kind === 'bend' && (item.x === up?.x || item.x === down?.x)) return;
  for (const other of kind === 'label' ? [down] : [up, down]) {
    if (!other) continue;
    if (!isFree(row, item, other.x)) continue;
    item.x = other.x;
    return;
  }
}

/** Rounding must not bring neighbours closer than they may be. */
function spread(row: Item[]): void {
  for (const [index, item] of row.entries()) {
    const before = row[index - 1];
    if (before) item.x = Math.max(item.x, before.x + Math.ceil(distance(before, item)));
  }
}

/** From centre to centre. */
function distance(left: Item, right: Item): number {
  const gap = left.kind === 'node' && right.kind === 'node' ? NODE_GAP : BEND_GAP;
  return (left.width + right.width) / 2 + gap;
}

/** How strongly an edge pulls its ends together: long lines want to be straight most, and error
 * handlers must not pull the main path out of line. */
function pull(link: Link): number {
  const bends = Number(link.from.kind !== 'node') + Number(link.to.kind !== 'node');
  const chain = bends === 0 && onward(link.from.down) === 1 && link.to.up.length === 1;
  const straight = chain ? 5 : ([1, 3, 8][bends] ?? 1);
  return link.edge.kind === 'catch' ? straight * 0.06 : straight;
}

/** How many ways on there are, errors aside. */
function onward(links: Link[]): number {
  return links.filter((link) => link.edge.kind !== 'catch').length;
}

interface Pool {
  weight: number;
  sum: number;
  items: Item[];
}

/** Pool adjacent violators: exact for one row, in linear time. */
function settle(row: Item[], linksOf: (item: Item) => Link[]): void {
  const offsets: number[] = [];
  const pools: Pool[] = [];
  let offset = 0;
  for (const [index, item] of row.entries()) {
    const before = row[index - 1];
    offset += before ? distance(before, item) : 0;
    offsets.push(offset);
    let weight = 0.001;
    let sum = item.x * weight;
    for (const link of linksOf(item)) {
      const other = link.from === item ? link.to : link.from;
      weight += pull(link);
      sum += other.x * pull(link);
    }
    let pool: Pool = { weight, sum: sum - offset * weight, items: [item] };
    for (let last = pools.at(-1); last && last.sum / last.weight >= pool.sum / pool.weight; last = pools.at(-1)) {
      pools.pop();
      pool = { weight: last.weight + pool.weight, sum: last.sum + pool.sum, items: [...last.items, ...pool.items] };
    }
    pools.push(pool);
  }
  let index = 0;
  for (const pool of pools) {
    for (const item of pool.items) item.x = pool.sum / pool.weight + (offsets[index++] ?? 0);
  }
}
