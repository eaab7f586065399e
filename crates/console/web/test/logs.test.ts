/** Log lines that come in pieces: nothing twice, nothing lost. */
import { expect, test } from 'vitest';
import { againFrom, type LogLine, logText, merged } from '../src/api/logs.ts';

const line = (ms: number, text = `at ${ms}`): LogLine => ({ timestamp: ms / 1000, function: 'work', stateName: 'Work', text });
/** What a server answers, which counts in whole milliseconds. */
const answer = (all: readonly LogLine[], since: number) => all.filter((each) => Math.round(each.timestamp * 1000) >= Math.round(since * 1000));

test('lines asked for again take the place of those known', () => {
  // Any last digit: a second earlier must be the same moment for the page and the server.
  for (let last = 1_790_000_002_000; last < 1_790_000_003_000; last += 7) {
    const all = [line(last - 1500), line(last - 1000), line(last - 1000, 'again'), line(last)];
    const since = againFrom(all);
    const later = [...all, line(last, 'late'), line(last + 40)];
    expect(merged(all, answer(later, since), since)).toEqual(later);
  }
  expect(againFrom([])).toBe(0);
});

test('lines are copied with the moment, the state and the function', () => {
  expect(logText([line(1_790_000_000_123, 'hello'), { timestamp: 1_790_000_001, function: 'work', text: 'starting' }])).toBe(
    '2026-09-21T14:13:20.123Z Work work hello\n2026-09-21T14:13:21.000Z - work starting\n',
  );
});
