/** The variables that a state can see: those assigned before it in its own scope and around it. */
import type { History, Scope, Visit } from '../../history/fold.ts';

/** For `visit`, at its entry; for undefined, at the end (or at `cursor`) of the whole execution. */
export function variablesAt(history: History, visit: Visit | undefined, cursor = Number.POSITIVE_INFINITY): Map<string, string> {
  const until = Math.min(visit?.id ?? Number.POSITIVE_INFINITY, cursor);
  const scopes = new Set<Scope | undefined>([undefined]);
  for (let scope = visit?.scope; scope; scope = scope.owner.scope) scopes.add(scope);
  const exited = history.visits.filter((each) => each.assigned && each.exitedId !== undefined && each.exitedId <= until && scopes.has(each.scope));
  exited.sort((a, b) => (a.exitedId ?? 0) - (b.exitedId ?? 0));
  const variables = new Map<string, string>();
  for (const each of exited) for (const [name, value] of Object.entries(each.assigned ?? {})) variables.set(name, value);
  return variables;
}
