/** Pure helpers of the timeline and the tables. */
import type { Attempt, History, Scope, Visit } from '../../history/fold.ts';

/** Round distances, in seconds. */
const STEPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400, 604_800, 2_592_000];
const MOST = 8;

/** Round moments from the start, at most eight of them. */
export function ticks(span: number): number[] {
  const step = STEPS.find((each) => span / each <= MOST) ?? span / MOST;
  return Array.from({ length: Math.floor(span / step) + 1 }, (_, index) => index * step).filter((tick) => tick <= span * 0.96);
}

/** The moment that is looked at: that of the event at the cursor, or `now`. */
export function momentOf(history: History, cursor: number | undefined, now: number): number {
  return history.events[(cursor ?? Number.POSITIVE_INFINITY) - 1]?.timestamp ?? now;
}

/** Until when something lasts, seen from a moment at which it may not have ended. */
export function lasts(thing: Visit | Attempt, moment: number): number {
  return Math.max(thing.start, Math.min(thing.end ?? moment, moment));
}

export function depthOf(visit: Visit): number {
  let depth = 0;
  for (let scope: Scope | undefined = visit.scope; scope; scope = scope.owner.scope) depth++;
  return depth;
}

/** The name, with the item it belongs to when it is inside a Map. */
export function visitLabel(visit: Visit): string {
  const scope = visit.scope;
  return scope?.owner.type === 'Map' ? `${visit.name} #${scope.index}` : visit.name;
}
