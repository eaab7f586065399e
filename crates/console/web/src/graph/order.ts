/** Orders the items of each row so that few edges cross, keeping the written order where it can. */
import type { Item, Link } from './layers.ts';

const SWEEPS = 16;
/** Above this many links between two rows the first order is kept: counting is quadratic. */
const MAX_LINKS = 600;

export function orderRows(rows: Item[][]): Item[][] {
  let best = rows.map((row) => [...row]);
  let bestCrossings = crossings(best);
  const tooMany = rows.some((row) => row.reduce((sum, item) => sum + item.down.length, 0) > MAX_LINKS);
  if (tooMany) return best;
  let current = best;
  for (let sweep = 0; sweep < SWEEPS && bestCrossings > 0; sweep++) {
    current = sweepRows(current, sweep % 2 === 0);
    current = transpose(current);
    const count = crossings(current);
    if (count < bestCrossings) {
      best = current.map((row) => [...row]);
      bestCrossings = count;
    }
  }
  return best;
}

function positions(row: Item[]): Map<Item, number> {
  return new Map(row.map((item, index) => [item, index]));
}

function sweepRows(rows: Item[][], down: boolean): Item[][] {
  const next = rows.map((row) => [...row]);
  const indices = next.map((_, index) => index);
  for (const index of down ? indices.slice(1) : indices.slice(0, -1).reverse()) {
    const fixed = positions(next[down ? index - 1 : index + 1] ?? []);
    const here = next[index] ?? [];
    const own = positions(here);
    const weight = new Map(here.map((item) => [item, barycentre(item, down, fixed) ?? own.get(item) ?? 0]));
    here.sort((a, b) => (weight.get(a) ?? 0) - (weight.get(b) ?? 0) || (own.get(a) ?? 0) - (own.get(b) ?? 0));
  }
  return next;
}

function barycentre(item: Item, down: boolean, fixed: Map<Item, number>): number | undefined {
  const links = down ? item.up : item.down;
  if (links.length === 0) return undefined;
  const sum = links.reduce((total, link) => total + (fixed.get(down ? link.from : link.to) ?? 0), 0);
  return sum / links.length;
}

/** Swaps neighbours while that removes crossings. */
function transpose(rows: Item[][]): Item[][] {
  for (let again = true, rounds = 0; again && rounds < 8; rounds++) {
    again = false;
    for (const [index, row] of rows.entries()) {
      const above = positions(rows[index - 1] ?? []);
      const below = positions(rows[index + 1] ?? []);
      for (let i = 0; i + 1 < row.length; i++) {
        const left = row[i];
        const right = row[i + 1];
        if (!left || !right) continue;
        const now = pairCrossings(left.up, right.up, above, 'from') + pairCrossings(left.down, right.down, below, 'to');
        const then = pairCrossings(right.up, left.up, above, 'from') + pairCrossings(right.down, left.down, below, 'to');
        if (then < now) {
          row[i] = right;
          row[i + 1] = left;
          again = true;
        }
      }
    }
  }
  return rows;
}

function pairCrossings(left: Link[], right: Link[], at: Map<Item, number>, end: 'from' | 'to'): number {
  let count = 0;
  for (const a of left) for (const b of right) if ((at.get(a[end]) ?? 0) > (at.get(b[end]) ?? 0)) count++;
  return count;
}

function crossings(rows: Item[][]): number {
  let count = 0;
  for (const [index, row] of rows.entries()) {
    const below = positions(rows[index + 1] ?? []);
    const ends = row.flatMap((item, from) => item.down.map((link) => ({ from, to: below.get(link.to) ?? 0 })));
    for (const [i, a] of ends.entries()) {
      for (const b of ends.slice(i + 1)) if ((a.from - b.from) * (a.to - b.to) < 0) count++;
    }
  }
  return count;
}
