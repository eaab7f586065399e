/** Reads single history events: their details member, their kind, a line that sums them up. */
import type { HistoryEvent } from '../api/operations.ts';

export interface EventDetails {
  name?: string;
  input?: string;
  output?: string;
  parameters?: string;
  error?: string;
  cause?: string;
  resource?: string;
  resourceType?: string;
  index?: number;
  length?: number;
  state?: string;
  location?: string;
  mapRunArn?: string;
  redriveCount?: number;
  workerName?: string;
  roleArn?: string;
  timeoutInSeconds?: number;
  heartbeatInSeconds?: number;
  assignedVariables?: Record<string, string>;
}

const NONE: EventDetails = {};

/** The one `…EventDetails` member of an event. */
export function detailsOf(event: HistoryEvent): EventDetails {
  for (const key in event) if (key.endsWith('EventDetails')) return (event[key] as EventDetails | null) ?? NONE;
  return NONE;
}

export const EVENT_GROUPS = ['State', 'Task', 'Map', 'Error', 'Execution'] as const;
export type EventGroup = (typeof EVENT_GROUPS)[number];

export function isError(type: string): boolean {
  return /(Failed|TimedOut|Aborted)$/.test(type);
}

export function groupOf(type: string): EventGroup {
  if (type.startsWith('Execution')) return 'Execution';
  if (/State(Entered|Exited)$/.test(type)) return 'State';
  if (/^(MapIteration|MapRun|MapState|ParallelState)/.test(type)) return 'Map';
  if (isError(type)) return 'Error';
  return 'Task';
}

/** `TaskStateEntered` → `Task state entered`. */
export function eventTitle(type: string): string {
  const words = type.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function eventSummary(event: HistoryEvent): string {
  const details = detailsOf(event);
  if (details.error !== undefined) return details.cause ? `${details.error}: ${details.cause}` : details.error;
  if (event.type.startsWith('MapIteration')) return `${details.name ?? ''} #${details.index ?? 0}`;
  if (details.length !== undefined) return `${details.length} items`;
  if (details.resourceType !== undefined) return `${details.resourceType}:${details.resource ?? ''}`;
  return details.name ?? details.resource ?? details.mapRunArn ?? details.workerName ?? details.output ?? details.input ?? '';
}
