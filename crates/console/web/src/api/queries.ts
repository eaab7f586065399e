/** What the pages ask of the server, each with how often it is worth asking again. */
import { keepPreviousData, useInfiniteQuery, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { call, consoleCall } from './client.ts';
import type { ExecutionStatus, StateMachineItem, Tag } from './operations.ts';

const LIST_MS = 4_000;
/** A server may hold a hundred thousand machines; the table is filtered here, so it is bounded. */
const MAX_MACHINES = 5_000;

async function allMachines(signal: AbortSignal): Promise<StateMachineItem[]> {
  const found: StateMachineItem[] = [];
  let nextToken: string | undefined;
  do {
    const page = await call('ListStateMachines', { maxResults: 1000, ...(nextToken ? { nextToken } : {}) }, signal);
    found.push(...page.stateMachines);
    nextToken = page.nextToken;
  } while (nextToken && found.length < MAX_MACHINES);
  return found;
}

export function useMachines() {
  return useQuery({ queryKey: ['machines'], queryFn: ({ signal }) => allMachines(signal), refetchInterval: 10_000 });
}

export function useMachine(stateMachineArn: string, enabled = true) {
  return useQuery({ queryKey: ['machine', stateMachineArn], queryFn: ({ signal }) => call('DescribeStateMachine', { stateMachineArn }, signal), enabled });
}

export function useTags(resourceArn: string, enabled = true) {
  return useQuery({ queryKey: ['tags', resourceArn], queryFn: ({ signal }) => call('ListTagsForResource', { resourceArn }, signal), enabled, staleTime: 60_000 });
}

/** Tags have no operation that lists them all; beyond this many machines they are not searched. */
const TAGGED_MACHINES = 300;

/** The tags of many machines at once, as far as they are known. */
export function useAllTags(machines: readonly StateMachineItem[]): Map<string, Tag[]> {
  return useQueries({
    queries: machines.slice(0, TAGGED_MACHINES).map(({ stateMachineArn: resourceArn }) => ({
      queryKey: ['tags', resourceArn],
      queryFn: ({ signal }: { signal: AbortSignal }) => call('ListTagsForResource', { resourceArn }, signal),
      staleTime: 60_000,
    })),
    combine: (results) => new Map(results.map((result, index) => [machines[index]?.stateMachineArn ?? '', result.data?.tags ?? []])),
  });
}

/** The last few runs, for the table of machines. */
export function useLastRuns(stateMachineArn: string, enabled: boolean) {
  return useQuery({
    queryKey: ['last-runs', stateMachineArn],
    queryFn: ({ signal }) => call('ListExecutions', { stateMachineArn, maxResults: 8 }, signal),
    enabled,
    refetchInterval: LIST_MS,
  });
}

export function useExecutions(of: { stateMachineArn: string } | { mapRunArn: string }, statusFilter: ExecutionStatus | undefined, enabled = true) {
  return useInfiniteQuery({
    queryKey: ['executions', of, statusFilter],
    queryFn: ({ pageParam, signal }) =>
      call('ListExecutions', { ...of, maxResults: 50, ...(statusFilter ? { statusFilter } : {}), ...(pageParam ? { nextToken: pageParam } : {}) }, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextToken,
    refetchInterval: LIST_MS,
    placeholderData: keepPreviousData,
    enabled,
  });
}

export function useExecution(executionArn: string) {
  return useQuery({
    queryKey: ['execution', executionArn],
    queryFn: ({ signal }) => call('DescribeExecution', { executionArn }, signal),
    // The event stream says when it ends; this is for a stream that broke.
    refetchInterval: (query) => (query.state.data?.status === 'RUNNING' ? 5_000 : false),
  });
}

export function useExecutionDefinition(executionArn: string) {
  return useQuery({
    queryKey: ['execution-definition', executionArn],
    queryFn: ({ signal }) => call('DescribeStateMachineForExecution', { executionArn }, signal),
    staleTime: 60_000,
  });
}

export function useMapRuns(executionArn: string, enabled: boolean) {
  return useQuery({ queryKey: ['map-runs', executionArn], queryFn: ({ signal }) => call('ListMapRuns', { executionArn }, signal), enabled, refetchInterval: LIST_MS });
}

export function useMapRun(mapRunArn: string) {
  return useQuery({
    queryKey: ['map-run', mapRunArn],
    queryFn: ({ signal }) => call('DescribeMapRun', { mapRunArn }, signal),
    refetchInterval: (query) => (query.state.data?.status === 'RUNNING' ? 1_500 : false),
  });
}

export interface WaitingTask {
  taskToken: string;
  kind: 'callback' | 'activity';
  executionArn: string;
  stateName: string;
  /** The activity, for an activity task. */
  activityArn?: string;
  resource: string;
  input?: string;
  scheduledDate: number;
  startedDate?: number;
  workerName?: string;
  timeoutDate?: number;
  heartbeatDate?: number;
}

export interface ActivityQueue {
  activityArn: string;
  name: string;
  creationDate: number;
  /** Tasks that no worker has taken. */
  scheduled: number;
  started: number;
}

export interface Tasks {
  tasks: WaitingTask[];
  activities: ActivityQueue[];
}

export function useTasks() {
  return useQuery({ queryKey: ['tasks'], queryFn: ({ signal }) => consoleCall<Tasks>('tasks', undefined, signal), refetchInterval: LIST_MS, retry: false });
}

/** Makes every view that shows these ask again. */
export function useRefresh(): (...keys: string[]) => void {
  const client = useQueryClient();
  return (...keys) => {
    for (const key of keys) void client.invalidateQueries({ queryKey: [key] });
  };
}
