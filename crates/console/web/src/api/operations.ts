/** The shapes of the API operations that the console calls. Timestamps are epoch seconds. */

export type MachineType = 'STANDARD' | 'EXPRESS';
export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'PENDING_REDRIVE';

interface Page {
  maxResults?: number;
  nextToken?: string;
}

interface Next {
  nextToken?: string;
}

export interface StateMachineItem {
  stateMachineArn: string;
  name: string;
  type: MachineType;
  creationDate: number;
}

export interface Tag {
  key: string;
  value: string;
}

export interface LoggingConfiguration {
  level?: 'ALL' | 'ERROR' | 'FATAL' | 'OFF';
  includeExecutionData?: boolean;
  destinations?: { cloudWatchLogsLogGroup: { logGroupArn: string } }[];
}

export interface StateMachine {
  stateMachineArn: string;
  name: string;
  status?: 'ACTIVE' | 'DELETING';
  definition: string;
  roleArn: string;
  type: MachineType;
  creationDate: number;
  loggingConfiguration?: LoggingConfiguration;
  tracingConfiguration?: { enabled?: boolean };
  revisionId?: string;
  description?: string;
  label?: string;
}

export interface ExecutionItem {
  executionArn: string;
  stateMachineArn: string;
  name: string;
  status: ExecutionStatus;
  startDate: number;
  stopDate?: number;
  mapRunArn?: string;
  itemCount?: number;
  stateMachineVersionArn?: string;
  stateMachineAliasArn?: string;
  redriveCount?: number;
}

export interface Execution extends ExecutionItem {
  input?: string;
  output?: string;
  error?: string;
  cause?: string;
  redriveStatus?: 'REDRIVABLE' | 'NOT_REDRIVABLE' | 'REDRIVABLE_BY_MAP_RUN';
  redriveStatusReason?: string;
  redriveDate?: number;
}

export interface HistoryEvent {
  id: number;
  previousEventId?: number;
  timestamp: number;
  type: string;
  [details: string]: unknown;
}

export interface RoutingItem {
  stateMachineVersionArn: string;
  weight: number;
}

export interface Alias {
  stateMachineAliasArn: string;
  name: string;
  description?: string;
  routingConfiguration: RoutingItem[];
  creationDate: number;
  updateDate?: number;
}

export interface MapRun {
  mapRunArn: string;
  executionArn: string;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  startDate: number;
  stopDate?: number;
  maxConcurrency: number;
  toleratedFailurePercentage: number;
  toleratedFailureCount: number;
  itemCounts: MapRunCounts;
  executionCounts: MapRunCounts;
  redriveCount?: number;
  redriveDate?: number;
}

export interface MapRunCounts {
  pending: number;
  running: number;
  succeeded: number;
  failed: number;
  timedOut: number;
  aborted: number;
  total: number;
  resultsWritten: number;
}

export interface TestStateInput {
  definition: string;
  stateName?: string;
  roleArn?: string;
  input?: string;
  inspectionLevel?: 'INFO' | 'DEBUG' | 'TRACE';
  variables?: string;
  context?: string;
  mock?: { result?: string; errorOutput?: { error?: string; cause?: string }; fieldValidationMode?: 'STRICT' | 'PRESENT' | 'NONE' };
}

export interface TestStateOutput {
  output?: string;
  error?: string;
  cause?: string;
  nextState?: string;
  status?: 'SUCCEEDED' | 'FAILED' | 'RETRIABLE' | 'CAUGHT_ERROR';
  inspectionData?: Record<string, unknown>;
}

interface ByMachine {
  stateMachineArn: string;
}

interface ByExecution {
  executionArn: string;
}

type Op<I, O> = { input: I; output: O };
type Nothing = Record<string, never>;

export interface Operations {
  ListStateMachines: Op<Page, { stateMachines: StateMachineItem[] } & Next>;
  DescribeStateMachine: Op<ByMachine, StateMachine>;
  CreateStateMachine: Op<
    { name: string; definition: string; roleArn: string; type?: MachineType; tags?: Tag[]; loggingConfiguration?: LoggingConfiguration; tracingConfiguration?: { enabled: boolean } },
    { stateMachineArn: string; creationDate: number }
  >;
  UpdateStateMachine: Op<
    ByMachine & { definition?: string; roleArn?: string; loggingConfiguration?: LoggingConfiguration; tracingConfiguration?: { enabled: boolean } },
    { updateDate: number; revisionId?: string }
  >;
  DeleteStateMachine: Op<ByMachine, Nothing>;
  ListTagsForResource: Op<{ resourceArn: string }, { tags: Tag[] }>;
  TagResource: Op<{ resourceArn: string; tags: Tag[] }, Nothing>;
  UntagResource: Op<{ resourceArn: string; tagKeys: string[] }, Nothing>;
  ListExecutions: Op<
    { stateMachineArn?: string; mapRunArn?: string; statusFilter?: ExecutionStatus } & Page,
    { executions: ExecutionItem[] } & Next
  >;
  DescribeExecution: Op<ByExecution, Execution>;
  DescribeStateMachineForExecution: Op<ByExecution, StateMachine & { updateDate: number }>;
  GetExecutionHistory: Op<ByExecution & { reverseOrder?: boolean; includeExecutionData?: boolean } & Page, { events: HistoryEvent[] } & Next>;
  StartExecution: Op<ByMachine & { name?: string; input?: string }, { executionArn: string; startDate: number }>;
  StartSyncExecution: Op<
    ByMachine & { name?: string; input?: string },
    { executionArn: string; status: ExecutionStatus; startDate: number; stopDate: number; output?: string; error?: string; cause?: string }
  >;
  StopExecution: Op<ByExecution & { error?: string; cause?: string }, { stopDate: number }>;
  RedriveExecution: Op<ByExecution & { clientToken?: string }, { redriveDate: number }>;
  PublishStateMachineVersion: Op<ByMachine & { description?: string; revisionId?: string }, { stateMachineVersionArn: string; creationDate: number }>;
  ListStateMachineVersions: Op<ByMachine & Page, { stateMachineVersions: { stateMachineVersionArn: string; creationDate: number }[] } & Next>;
  DeleteStateMachineVersion: Op<{ stateMachineVersionArn: string }, Nothing>;
  ListStateMachineAliases: Op<ByMachine & Page, { stateMachineAliases: { stateMachineAliasArn: string; creationDate: number }[] } & Next>;
  DescribeStateMachineAlias: Op<{ stateMachineAliasArn: string }, Alias>;
  CreateStateMachineAlias: Op<
    { name: string; description?: string; routingConfiguration: RoutingItem[] },
    { stateMachineAliasArn: string; creationDate: number }
  >;
  UpdateStateMachineAlias: Op<{ stateMachineAliasArn: string; description?: string; routingConfiguration?: RoutingItem[] }, { updateDate: number }>;
  DeleteStateMachineAlias: Op<{ stateMachineAliasArn: string }, Nothing>;
  ListMapRuns: Op<ByExecution & Page, { mapRuns: { mapRunArn: string; executionArn: string; startDate: number; stopDate?: number }[] } & Next>;
  DescribeMapRun: Op<{ mapRunArn: string }, MapRun>;
  UpdateMapRun: Op<
    { mapRunArn: string; maxConcurrency?: number; toleratedFailurePercentage?: number; toleratedFailureCount?: number },
    Nothing
  >;
  CreateActivity: Op<{ name: string }, { activityArn: string; creationDate: number }>;
  GetActivityTask: Op<{ activityArn: string; workerName?: string }, { taskToken?: string; input?: string }>;
  SendTaskSuccess: Op<{ taskToken: string; output: string }, Nothing>;
  SendTaskFailure: Op<{ taskToken: string; error?: string; cause?: string }, Nothing>;
  SendTaskHeartbeat: Op<{ taskToken: string }, Nothing>;
  TestState: Op<TestStateInput, TestStateOutput>;
}
