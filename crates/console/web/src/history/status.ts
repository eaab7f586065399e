/** The states that a visit, a node or an execution can be in, and how each is said and drawn. */
import type { IconName } from '../ui/icons.tsx';

export const STATUSES = ['running', 'waiting', 'retrying', 'succeeded', 'caught', 'failed', 'timedOut', 'aborted'] as const;
export type Status = (typeof STATUSES)[number];

export const STATUS_NAME: Record<Status, string> = {
  running: 'Running',
  waiting: 'Waiting',
  retrying: 'Retrying',
  succeeded: 'Succeeded',
  caught: 'Caught error',
  failed: 'Failed',
  timedOut: 'Timed out',
  aborted: 'Aborted',
};

export const STATUS_ICON: Record<Status, IconName> = {
  running: 'running',
  waiting: 'waiting',
  retrying: 'retrying',
  succeeded: 'succeeded',
  caught: 'caught',
  failed: 'failed',
  timedOut: 'timedOut',
  aborted: 'aborted',
};

/** An execution's or a map run's status as the API spells it. */
export function statusOf(api: string): Status {
  switch (api) {
    case 'SUCCEEDED':
      return 'succeeded';
    case 'FAILED':
      return 'failed';
    case 'TIMED_OUT':
      return 'timedOut';
    case 'ABORTED':
      return 'aborted';
    case 'PENDING_REDRIVE':
      return 'waiting';
    default:
      return 'running';
  }
}
