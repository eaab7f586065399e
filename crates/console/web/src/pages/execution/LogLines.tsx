/** Some log lines as one text: those of a state, or of an execution that has no page of its own. */
import type { ReactElement } from 'react';
import { type LogLine, logText } from '../../api/logs.ts';
import { CopyButton, formatDuration } from '../../ui/basics.tsx';

/** All of them are in the view of logs. */
const MOST_LINES = 500;

export function LogLines({ lines, start }: { lines: readonly LogLine[]; start: number }): ReactElement {
  return (
    <div className="json">
      <div className="json-tools">
        <CopyButton text={() => logText(lines)} label="log lines" />
      </div>
      <pre className="log-block" dir="auto" tabIndex={0} role="region" aria-label="Log lines">
        {lines.slice(-MOST_LINES).map((line, index) => (
          <span key={index}>
            <span className="muted num">{formatDuration(line.timestamp - start).padStart(8)}</span> {`${line.text}\n`}
          </span>
        ))}
      </pre>
    </div>
  );
}
