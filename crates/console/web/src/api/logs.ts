/** What functions on this machine printed for an execution. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { consoleCall } from './client.ts';

export interface LogLine {
  timestamp: number;
  function: string;
  /** The invocation; a line of a process that is just starting has none. */
  requestId?: string;
  stateName?: string;
  text: string;
}

const LOOKED_AT_MS = 1_000;
/** While only their number is to be seen. */
const COUNTED_MS = 5_000;
/** Lines may reach the server a little after the task that they belong to has ended. */
const LATE_S = 5;

/** `fresh` is everything from `since` on: it takes the place of what was known from there. */
export function merged(known: readonly LogLine[], fresh: readonly LogLine[], since: number): LogLine[] {
  return [...known.filter((line) => line.timestamp < since), ...fresh];
}

/** The moment from which lines are asked for again: two functions may print at once and be heard one after the
 * other. In whole milliseconds, as the server counts. */
export function againFrom(known: readonly LogLine[]): number {
  return Math.max(0, Math.round((known.at(-1)?.timestamp ?? 0) * 1000 - 1000) / 1000);
}

/** `endedAt`: undefined while the execution runs. */
export function useLogs(executionArn: string, endedAt: number | undefined, lookedAt: boolean) {
  const client = useQueryClient();
  const queryKey = ['logs', executionArn];
  return useQuery({
    queryKey,
    queryFn: async ({ signal }) => {
      const known = client.getQueryData<LogLine[]>(queryKey) ?? [];
      const since = againFrom(known);
      const { lines } = await consoleCall<{ lines: LogLine[] }>(`executions/${encodeURIComponent(executionArn)}/logs?since=${since}`, undefined, signal);
      return merged(known, lines, since);
    },
    refetchInterval: () => (endedAt === undefined || Date.now() / 1000 - endedAt < LATE_S ? (lookedAt ? LOOKED_AT_MS : COUNTED_MS) : false),
  });
}

/** As a terminal would have shown it, each line with what printed it. */
export function logText(lines: readonly LogLine[]): string {
  return lines.map((line) => `${new Date(line.timestamp * 1000).toISOString()} ${line.stateName ?? '-'} ${line.function} ${line.text}\n`).join('');
}
