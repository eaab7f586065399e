/** What the parts of the execution page share. */
import type { LogLine } from '../../api/logs.ts';
import type { Execution } from '../../api/operations.ts';
import type { Drawn } from '../../graph/useLayout.ts';
import type { History } from '../../history/fold.ts';
import type { Selection } from '../../history/marks.ts';

export interface ExecutionView {
  execution: Execution;
  history: History;
  /** Grows with the history, which is changed in place. */
  version: number;
  drawn: Drawn | undefined;
  /** The id of the event up to which the past is shown; undefined is now. */
  cursor: number | undefined;
  /** The name of the selected state. */
  selected: string | undefined;
  select: (name: string | undefined) => void;
  event: number | undefined;
  selectEvent: (id: number | undefined) => void;
  /** What functions printed, oldest first. */
  logs: readonly LogLine[];
  /** The line that is looked at. */
  line: LogLine | undefined;
  selectLine: (line: LogLine | undefined) => void;
  iterations: Selection;
  setIteration: (name: string, index: number | undefined) => void;
}
