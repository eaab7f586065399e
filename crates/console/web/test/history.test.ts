/** Folds every history that AWS recorded and holds the visits to what the events say. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { HistoryEvent } from '../src/api/operations.ts';
import { detailsOf } from '../src/history/events.ts';
import { History, statusAt } from '../src/history/fold.ts';
import { lasts, momentOf } from '../src/pages/execution/scale.ts';

const FOLDER = join(process.env['STEPWELL_SHARED'] ?? join(import.meta.dirname, '../../../../../shared'), 'conformance');

function histories(value: unknown): HistoryEvent[][] {
  if (typeof value !== 'object' || value === null) return [];
  const events = (value as { events?: unknown }).events;
  // Where branches ran at once the suite stored the events sorted, so ids do not rise: those are no histories.
  if (Array.isArray(events)) return events.length > 0 && events.every((event, index) => event?.id === index + 1) ? [events as HistoryEvent[]] : [];
  return Object.values(value).flatMap(histories);
}

function recordings(): { name: string; events: HistoryEvent[] }[] {
  if (!existsSync(FOLDER)) {
    console.warn(`SKIPPED: no recordings at ${FOLDER}; set STEPWELL_SHARED`);
    return [];
  }
  const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
  return files.sort().flatMap((file) => {
    const { expected } = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as { expected: unknown };
    return histories(expected).map((events, index) => ({ name: `${file} ${index}`, events }));
  });
}

const all = recordings();

describe.skipIf(all.length === 0)('recorded histories', () => {
  test('there are many', () => expect(all.length).toBeGreaterThan(300));

  test.each(all)('$name', ({ events }) => {
    const history = new History();
    for (const event of events) history.append([event]);
    const entered = events.filter((event) => event.type.endsWith('StateEntered'));
    expect(history.visits.map((visit) => visit.name)).toEqual(entered.map((event) => detailsOf(event).name));
    const ended = /^Execution(Succeeded|Failed|Aborted|TimedOut)$/.test(events.at(-1)?.type ?? '');
    for (const visit of history.visits) {
      const status = statusAt(visit);
      if (ended) expect(['succeeded', 'failed', 'caught', 'aborted', 'timedOut'], visit.name).toContain(status);
      if (visit.exitedId !== undefined) expect(['succeeded', 'caught'], visit.name).toContain(status);
    }
    const exits = events.filter((event) => event.type.endsWith('StateExited'));
    for (const exit of exits) {
      const visit = history.visits.find((each) => each.exitedId === exit.id);
      expect(visit?.name, `exit ${exit.id}`).toBe(detailsOf(exit).name);
    }
    const iterations = events.filter((event) => event.type === 'MapIterationStarted').length;
    expect(history.visits.filter((visit) => visit.type === 'Map').reduce((sum, visit) => sum + visit.scopes.length, 0)).toBe(iterations);
  });
});

test('a history of 25,000 events folds in well under a second', () => {
  const events: HistoryEvent[] = [{ id: 1, previousEventId: 0, timestamp: 0, type: 'ExecutionStarted' }];
  for (let id = 2; id <= 25_000; id += 2) {
    events.push({ id, previousEventId: id === 2 ? 0 : id - 1, timestamp: id, type: 'PassStateEntered', stateEnteredEventDetails: { name: `S${id % 7}` } });
    events.push({ id: id + 1, previousEventId: id, timestamp: id, type: 'PassStateExited', stateExitedEventDetails: { name: `S${id % 7}` } });
  }
  const history = new History();
  // Processor time: a busy machine does not make the code slower.
  const before = process.cpuUsage();
  history.append(events);
  expect(process.cpuUsage(before).user).toBeLessThan(500_000);
  expect(history.visits.length).toBe(12_500);
});

test('seen from a moment of the past, nothing lasts beyond it', () => {
  const history = new History();
  history.append([
    { id: 1, previousEventId: 0, timestamp: 10, type: 'ExecutionStarted' },
    { id: 2, previousEventId: 0, timestamp: 11, type: 'WaitStateEntered', stateEnteredEventDetails: { name: 'W' } },
    { id: 3, previousEventId: 2, timestamp: 15, type: 'WaitStateExited', stateExitedEventDetails: { name: 'W' } },
  ]);
  const visit = history.visits[0];
  if (!visit) throw new Error('no visit');
  expect([1, 2, 3, undefined].map((cursor) => lasts(visit, momentOf(history, cursor, 99)))).toEqual([11, 11, 15, 15]);
});
