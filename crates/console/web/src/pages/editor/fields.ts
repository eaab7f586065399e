/** Every field of every state type in both query languages: one table drives the inspector. */
import type { QueryLanguage, StateType } from '../../asl/types.ts';

export type FieldKind =
  /** One line. */
  | 'text'
  | 'number'
  /** A number, or in JSONata an expression. */
  | 'numberOrExpression'
  | 'path'
  | 'boolean'
  | 'resource'
  /** Any JSON: a payload template, a literal, an array. */
  | 'json'
  | 'choice';

export interface Field {
  name: string;
  kind: FieldKind;
  label: string;
  hint?: string;
  types: readonly StateType[];
  /** Undefined: both. */
  language?: QueryLanguage;
  group: 'Configuration' | 'Input' | 'Output' | 'Variables' | 'Map' | 'Time';
  options?: readonly string[];
  /** What it means that a choice is not made. */
  none?: string;
}

const ALL: readonly StateType[] = ['Task', 'Choice', 'Parallel', 'Map', 'Pass', 'Wait', 'Succeed', 'Fail'];
const NOT_FAIL: readonly StateType[] = ['Task', 'Choice', 'Parallel', 'Map', 'Pass', 'Wait', 'Succeed'];
const WORK: readonly StateType[] = ['Task', 'Parallel', 'Map'];

export const FIELDS: readonly Field[] = [
  { name: 'Comment', kind: 'text', label: 'Comment', types: ALL, group: 'Configuration' },
  { name: 'QueryLanguage', kind: 'choice', label: 'Query language', options: ['JSONPath', 'JSONata'], types: ALL, group: 'Configuration', none: 'That of the state machine' },
  { name: 'Resource', kind: 'resource', label: 'Resource', types: ['Task'], group: 'Configuration' },
  { name: 'Credentials', kind: 'json', label: 'Credentials', types: ['Task'], group: 'Configuration', hint: 'The role to call with, as {"RoleArn": …}' },
  { name: 'Error', kind: 'text', label: 'Error', types: ['Fail'], group: 'Configuration' },
  { name: 'ErrorPath', kind: 'path', label: 'Error path', types: ['Fail'], language: 'JSONPath', group: 'Configuration' },
  { name: 'Cause', kind: 'text', label: 'Cause', types: ['Fail'], group: 'Configuration' },
  { name: 'CausePath', kind: 'path', label: 'Cause path', types: ['Fail'], language: 'JSONPath', group: 'Configuration' },

  { name: 'Seconds', kind: 'numberOrExpression', label: 'Seconds', types: ['Wait'], group: 'Time' },
  { name: 'Timestamp', kind: 'text', label: 'Timestamp', types: ['Wait'], group: 'Time', hint: 'Such as 2027-01-31T09:00:00Z' },
  { name: 'SecondsPath', kind: 'path', label: 'Seconds path', types: ['Wait'], language: 'JSONPath', group: 'Time' },
  { name: 'TimestampPath', kind: 'path', label: 'Timestamp path', types: ['Wait'], language: 'JSONPath', group: 'Time' },
  { name: 'TimeoutSeconds', kind: 'numberOrExpression', label: 'Timeout in seconds', types: ['Task'], group: 'Time' },
  { name: 'TimeoutSecondsPath', kind: 'path', label: 'Timeout path', types: ['Task'], language: 'JSONPath', group: 'Time' },
  { name: 'HeartbeatSeconds', kind: 'numberOrExpression', label: 'Heartbeat in seconds', types: ['Task'], group: 'Time' },
  { name: 'HeartbeatSecondsPath', kind: 'path', label: 'Heartbeat path', types: ['Task'], language: 'JSONPath', group: 'Time' },

  { name: 'Items', kind: 'json', label: 'Items', types: ['Map'], language: 'JSONata', group: 'Map' },
  { name: 'ItemsPath', kind: 'path', label: 'Items path', types: ['Map'], language: 'JSONPath', group: 'Map' },
  { name: 'ItemSelector', kind: 'json', label: 'Item selector', types: ['Map'], group: 'Map', hint: 'What each iteration gets' },
  { name: 'MaxConcurrency', kind: 'numberOrExpression', label: 'Concurrency', types: ['Map'], group: 'Map', hint: '0 is unlimited, 1 is one after the other' },
  { name: 'MaxConcurrencyPath', kind: 'path', label: 'Concurrency path', types: ['Map'], language: 'JSONPath', group: 'Map' },
  { name: 'Label', kind: 'text', label: 'Label', types: ['Map'], group: 'Map' },
  { name: 'ItemReader', kind: 'json', label: 'Item reader', types: ['Map'], group: 'Map', hint: 'Distributed mode' },
  { name: 'ItemBatcher', kind: 'json', label: 'Item batcher', types: ['Map'], group: 'Map', hint: 'Distributed mode' },
  { name: 'ResultWriter', kind: 'json', label: 'Result writer', types: ['Map'], group: 'Map', hint: 'Distributed mode' },
  { name: 'ToleratedFailureCount', kind: 'numberOrExpression', label: 'Tolerated failures', types: ['Map'], group: 'Map' },
  { name: 'ToleratedFailureCountPath', kind: 'path', label: 'Tolerated failures path', types: ['Map'], language: 'JSONPath', group: 'Map' },
  { name: 'ToleratedFailurePercentage', kind: 'numberOrExpression', label: 'Tolerated failure percentage', types: ['Map'], group: 'Map' },
  { name: 'ToleratedFailurePercentagePath', kind: 'path', label: 'Tolerated failure percentage path', types: ['Map'], language: 'JSONPath', group: 'Map' },

  { name: 'InputPath', kind: 'path', label: 'Input path', types: NOT_FAIL, language: 'JSONPath', group: 'Input' },
  { name: 'Parameters', kind: 'json', label: 'Parameters', types: ['Task', 'Parallel', 'Pass'], language: 'JSONPath', group: 'Input' },
  { name: 'Arguments', kind: 'json', label: 'Arguments', types: ['Task', 'Parallel'], language: 'JSONata', group: 'Input' },
  { name: 'Result', kind: 'json', label: 'Result', types: ['Pass'], language: 'JSONPath', group: 'Output', hint: 'Literal' },
  { name: 'ResultSelector', kind: 'json', label: 'Result selector', types: WORK, language: 'JSONPath', group: 'Output' },
  { name: 'ResultPath', kind: 'path', label: 'Result path', types: ['Task', 'Parallel', 'Map', 'Pass'], language: 'JSONPath', group: 'Output' },
  { name: 'OutputPath', kind: 'path', label: 'Output path', types: NOT_FAIL, language: 'JSONPath', group: 'Output' },
  { name: 'Output', kind: 'json', label: 'Output', types: NOT_FAIL, language: 'JSONata', group: 'Output' },
  { name: 'Assign', kind: 'json', label: 'Assign', types: ['Task', 'Choice', 'Parallel', 'Map', 'Pass', 'Wait'], group: 'Variables' },
];

export const GROUPS = ['Configuration', 'Time', 'Map', 'Input', 'Output', 'Variables'] as const;

export function fieldsOf(type: StateType, language: QueryLanguage): Field[] {
  return FIELDS.filter((field) => field.types.includes(type) && (field.language === undefined || field.language === language));
}

/** Fields that a state has but that its type or query language does not know: they must not be hidden. */
export const STRUCTURAL = new Set(['Type', 'Next', 'End', 'Default', 'Choices', 'Branches', 'ItemProcessor', 'Iterator', 'Retry', 'Catch']);
