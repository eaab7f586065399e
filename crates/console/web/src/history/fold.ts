/** Folds an execution's history events into visits of states, with their attempts, branches and
 * iterations. Events are appended as they arrive; every change of status is kept with the event that
 * caused it, so that any moment of the past can be asked for. */
import type { HistoryEvent } from '../api/operations.ts';
import { detailsOf, type EventDetails } from './events.ts';
import type { Status } from './status.ts';

export interface Attempt {
  number: number;
  startId: number;
  start: number;
  endId?: number;
  end?: number;
  status: Status;
  resource?: string;
  input?: string;
  output?: string;
  error?: string;
  cause?: string;
}

interface Change {
  id: number;
  status: Status;
}

/** One stay in a state, from entered to exited. */
export interface Visit {
  /** The id of its `…StateEntered` event. */
  id: number;
  name: string;
  type: string;
  scope: Scope | undefined;
  start: number;
  end?: number;
  exitedId?: number;
  changes: Change[];
  attempts: Attempt[];
  scopes: Scope[];
  events: number[];
  input?: string;
  output?: string;
  assigned?: Record<string, string>;
  error?: string;
  cause?: string;
  mapRunArn?: string;
  /** How many items a Map was given. */
  length?: number;
  /** The visit it came from, when that was in the same scope. */
  from: Visit | undefined;
}

/** One branch of a Parallel or one iteration of a Map. */
export interface Scope {
  owner: Visit;
  index: number;
  attempt: number;
  startId: number;
  changes: Change[];
}

interface Place {
  visit: Visit | undefined;
  scope: Scope | undefined;
  /** The next state entered begins a branch of `visit`. */
  forks?: boolean;
}

const NOWHERE: Place = { visit: undefined, scope: undefined };
const OPEN: ReadonlySet<Status> = new Set(['running', 'waiting', 'retrying']);

export function statusAt(thing: { changes: Change[] }, cursor = Number.POSITIVE_INFINITY): Status | undefined {
  for (let i = thing.changes.length - 1; i >= 0; i--) {
    const change = thing.changes[i];
    if (change && change.id <= cursor) return change.status;
  }
  return undefined;
}

export class History {
  readonly events: HistoryEvent[] = [];
  readonly visits: Visit[] = [];
  /** The execution itself, as the same list of changes. */
  readonly changes: Change[] = [];
  private readonly places: Place[] = [];
  private readonly open = new Set<Visit>();

  get lastId(): number {
    return this.events.at(-1)?.id ?? 0;
  }

  append(events: readonly HistoryEvent[]): void {
    for (const event of events) {
      if (event.id <= this.lastId) continue;
      this.events.push(event);
      const place = this.apply(event, detailsOf(event), this.places[event.previousEventId ?? 0] ?? NOWHERE);
      this.places[event.id] = place;
      place.visit?.events.push(event.id);
    }
  }

  private apply(event: HistoryEvent, details: EventDetails, before: Place): Place {
    const { type } = event;
    if (type.endsWith('StateEntered')) return this.entered(event, details, before);
    if (type.endsWith('StateExited')) return this.exited(event, details, before);
    if (type.startsWith('Execution')) return this.execution(event, details, before);
    if (type.startsWith('MapIteration')) return this.iteration(event, details, before);
    if (/^(MapState|ParallelState|MapRun)/.test(type)) return this.container(event, details, before);
    if (type === 'EvaluationFailed') return this.evaluationFailed(event, details, before);
    if (type.endsWith('StateAborted')) return before;
    return this.task(event, details, before);
  }

  private entered(event: HistoryEvent, details: EventDetails, before: Place): Place {
    const owner = before.forks ? before.visit : undefined;
    const scope = owner ? this.fork(owner, event) : before.scope;
    const type = event.type.slice(0, -'StateEntered'.length);
    const visit: Visit = {
      id: event.id,
      name: details.name ?? '',
      type,
      scope,
      start: event.timestamp,
      changes: [{ id: event.id, status: type === 'Wait' ? 'waiting' : 'running' }],
      attempts: [],
      scopes: [],
      events: [],
      from: owner || before.visit?.scope !== scope ? undefined : before.visit,
      ...(details.input === undefined ? {} : { input: details.input }),
    };
    this.visits.push(visit);
    this.open.add(visit);
    return { visit, scope };
  }

  private fork(owner: Visit, event: HistoryEvent): Scope {
    const attempt = owner.attempts.length;
    const index = owner.scopes.filter((scope) => scope.attempt === attempt).length;
    const scope: Scope = { owner, index, attempt, startId: event.id, changes: [{ id: event.id, status: 'running' }] };
    owner.scopes.push(scope);
    return scope;
  }

  private exited(event: HistoryEvent, details: EventDetails, before: Place): Place {
    const visit = this.climb(before, (candidate) => candidate.name === details.name) ?? before.visit;
    if (!visit) return before;
    visit.exitedId = event.id;
    if (details.output !== undefined) visit.output = details.output;
    if (details.assignedVariables) visit.assigned = details.assignedVariables;
    const last = visit.attempts.at(-1)?.status;
    const caught = visit.error !== undefined && (last === undefined || last === 'failed' || last === 'timedOut');
    this.close(visit, event, caught ? 'caught' : 'succeeded');
    for (const scope of visit.scopes) if (statusAt(scope) === 'running') scope.changes.push({ id: event.id, status: caught ? 'aborted' : 'succeeded' });
    return { visit, scope: visit.scope };
  }

  /** The innermost visit around `place`, itself included, that is open and fits. */
  private climb(place: Place, fits: (visit: Visit) => boolean): Visit | undefined {
    let visit = place.visit;
    if (visit && this.open.has(visit) && fits(visit)) return visit;
    for (let scope = place.scope ?? visit?.scope; scope; scope = scope.owner.scope) {
      visit = scope.owner;
      if (this.open.has(visit) && fits(visit)) return visit;
    }
    return undefined;
  }

  private close(visit: Visit, event: HistoryEvent, status: Status): void {
    visit.changes.push({ id: event.id, status });
    visit.end = event.timestamp;
    this.open.delete(visit);
    const attempt = visit.attempts.at(-1);
    if (attempt && OPEN.has(attempt.status)) {
      Object.assign(attempt, { status: status === 'caught' ? 'failed' : status, endId: event.id, end: event.timestamp });
    }
  }

  /** Ends everything still open inside a scope, failed where an attempt had failed. */
  private closeScope(scope: Scope, event: HistoryEvent, status: Status): void {
    scope.changes.push({ id: event.id, status });
    for (const visit of [...this.open]) {
      if (!within(visit, scope)) continue;
      this.close(visit, event, visit.error === undefined && visit.type !== 'Fail' ? 'aborted' : 'failed');
    }
  }

  private execution(event: HistoryEvent, details: EventDetails, before: Place): Place {
    switch (event.type) {
      case 'ExecutionStarted':
        this.changes.push({ id: event.id, status: 'running' });
        return NOWHERE;
      case 'ExecutionRedriven':
        this.changes.push({ id: event.id, status: 'running' });
        return this.reopen(event, before);
      case 'ExecutionSucceeded':
        this.changes.push({ id: event.id, status: 'succeeded' });
        return before;
    }
    const status: Status = event.type === 'ExecutionTimedOut' ? 'timedOut' : event.type === 'ExecutionAborted' ? 'aborted' : 'failed';
    this.changes.push({ id: event.id, status });
    const culprit = status === 'failed' ? before.visit : undefined;
    for (const visit of [...this.open]) {
      const guilty = culprit !== undefined && (visit === culprit || this.owns(visit, culprit));
      if (guilty && details.error !== undefined) visit.error ??= details.error;
      if (guilty && details.cause !== undefined) visit.cause ??= details.cause;
      this.close(visit, event, guilty ? 'failed' : status === 'failed' ? 'aborted' : status);
    }
    return before;
  }

  private owns(visit: Visit, inner: Visit): boolean {
    for (let scope = inner.scope; scope; scope = scope.owner.scope) if (scope.owner === visit) return true;
    return false;
  }

  /** A redrive goes on in the states that were left unfinished, without entering them again. */
  private reopen(event: HistoryEvent, before: Place): Place {
    let last: Visit | undefined;
    for (const visit of this.visits) {
      if (visit.exitedId !== undefined || visit.type === 'Fail') continue;
      if (visit.scope && !this.latest(visit.scope)) continue;
      visit.changes.push({ id: event.id, status: 'running' });
      delete visit.end;
      delete visit.error;
      delete visit.cause;
      this.open.add(visit);
      last = visit;
    }
    return last ? { visit: last, scope: last.scope } : before;
  }

  private latest(scope: Scope): boolean {
    return scope.attempt === scope.owner.attempts.length && (!scope.owner.scope || this.latest(scope.owner.scope));
  }

  private iteration(event: HistoryEvent, details: EventDetails, before: Place): Place {
    const owner = this.climb(before, (visit) => visit.type === 'Map' && visit.name === details.name);
    if (!owner) return before;
    const index = details.index ?? 0;
    const attempt = owner.attempts.length;
    if (event.type === 'MapIterationStarted') {
      const scope: Scope = { owner, index, attempt, startId: event.id, changes: [{ id: event.id, status: 'running' }] };
      owner.scopes.push(scope);
      return { visit: owner, scope };
    }
    const scope = owner.scopes.findLast((each) => each.index === index && each.attempt === attempt);
    if (scope) {
      if (event.type === 'MapIterationSucceeded') scope.changes.push({ id: event.id, status: 'succeeded' });
      else this.closeScope(scope, event, event.type === 'MapIterationFailed' ? 'failed' : 'aborted');
    }
    // What follows may begin another iteration or end the Map: both look outwards from here.
    return { visit: owner, scope: owner.scope };
  }

  private container(event: HistoryEvent, details: EventDetails, before: Place): Place {
    const kind = event.type.startsWith('Parallel') ? 'Parallel' : 'Map';
    const visit = this.climb(before, (candidate) => candidate.type === kind);
    if (!visit) return before;
    if (details.mapRunArn !== undefined) visit.mapRunArn = details.mapRunArn;
    if (event.type.endsWith('StateStarted')) {
      for (const scope of visit.scopes) if (statusAt(scope) === 'running') this.closeScope(scope, event, 'aborted');
      visit.attempts.push({ number: visit.attempts.length + 1, startId: event.id, start: event.timestamp, status: 'running' });
      if (details.length !== undefined) visit.length = details.length;
      if (visit.attempts.length > 1) visit.changes.push({ id: event.id, status: 'running' });
      return { visit, scope: visit.scope, forks: kind === 'Parallel' };
    }
    if (/(Failed|Aborted)$/.test(event.type)) this.containerFailed(visit, event, details, before);
    return { visit, scope: visit.scope };
  }

  private containerFailed(visit: Visit, event: HistoryEvent, details: EventDetails, before: Place): void {
    const inner = before.visit === visit ? undefined : before.visit;
    visit.error = details.error ?? visit.error ?? inner?.error ?? 'States.Runtime';
    const cause = details.cause ?? visit.cause ?? inner?.cause;
    if (cause !== undefined) visit.cause = cause;
    for (const scope of visit.scopes) {
      if (statusAt(scope) !== 'running') continue;
      const failed = [...this.open].some((open) => within(open, scope) && (open.error !== undefined || open.type === 'Fail'));
      this.closeScope(scope, event, failed ? 'failed' : 'aborted');
    }
    endAttempt(visit, event, 'failed', details);
  }

  private evaluationFailed(event: HistoryEvent, details: EventDetails, before: Place): Place {
    const visit = [...this.open].findLast((candidate) => candidate.name === details.state) ?? before.visit;
    if (!visit) return before;
    fail(visit, event, details, 'retrying');
    return { visit, scope: visit.scope };
  }

  private task(event: HistoryEvent, details: EventDetails, before: Place): Place {
    const visit = before.visit;
    if (!visit) return before;
    const { type } = event;
    if (type.endsWith('Scheduled')) {
      const resource = details.resourceType ? `${details.resourceType}:${details.resource ?? ''}` : details.resource;
      const input = details.input ?? details.parameters;
      visit.attempts.push({
        number: visit.attempts.length + 1,
        startId: event.id,
        start: event.timestamp,
        status: type === 'ActivityScheduled' ? 'waiting' : 'running',
        ...(resource === undefined ? {} : { resource }),
        ...(input === undefined ? {} : { input }),
      });
      delete visit.error;
      delete visit.cause;
      visit.changes.push({ id: event.id, status: type === 'ActivityScheduled' ? 'waiting' : 'running' });
    } else if (/(Failed|TimedOut)$/.test(type)) {
      endAttempt(visit, event, type.endsWith('TimedOut') ? 'timedOut' : 'failed', details);
      fail(visit, event, details, 'retrying');
    } else if (type.endsWith('Succeeded')) {
      endAttempt(visit, event, 'succeeded', details);
    } else if (type === 'TaskSubmitted' && details.resource?.endsWith('.waitForTaskToken')) {
      visit.changes.push({ id: event.id, status: 'waiting' });
    } else if (type === 'ActivityStarted') {
      visit.changes.push({ id: event.id, status: 'running' });
    }
    return { visit, scope: visit.scope };
  }
}

function within(visit: Visit, scope: Scope): boolean {
  for (let at = visit.scope; at; at = at.owner.scope) if (at === scope) return true;
  return false;
}

/** What the state will do about the error only the next events tell: until then it is about to retry. */
function fail(visit: Visit, event: HistoryEvent, details: EventDetails, status: Status): void {
  visit.error = details.error ?? 'Error';
  if (details.cause !== undefined) visit.cause = details.cause;
  visit.changes.push({ id: event.id, status });
}

function endAttempt(visit: Visit, event: HistoryEvent, status: Status, details: EventDetails): void {
  const attempt = visit.attempts.at(-1);
  if (!attempt) return;
  Object.assign(attempt, { status, endId: event.id, end: event.timestamp });
  if (details.output !== undefined) attempt.output = details.output;
  if (details.error !== undefined) attempt.error = details.error;
  if (details.cause !== undefined) attempt.cause = details.cause;
}
