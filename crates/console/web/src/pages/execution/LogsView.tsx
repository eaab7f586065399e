/** What functions printed, beside the states that called them; filtered, followed, copied. */
import { type ReactElement, useMemo } from 'react';
import { nameOf } from '../../api/arn.ts';
import { type LogLine, logText } from '../../api/logs.ts';
import { useParam } from '../../router.tsx';
import { CopyButton, download, Empty, formatDuration, Time } from '../../ui/basics.tsx';
import { Icon } from '../../ui/icons.tsx';
import { PanelHead } from '../../ui/PanelHead.tsx';
import { VirtualList } from '../../ui/virtual.tsx';
import type { ExecutionView } from './view.ts';

/** The lines up to the moment that is shown. */
function linesUntil(view: ExecutionView): readonly LogLine[] {
  const until = view.cursor === undefined ? undefined : view.history.events[view.cursor - 1]?.timestamp;
  return until === undefined ? view.logs : view.logs.filter((line) => line.timestamp <= until);
}

export function LogsView({ view }: { view: ExecutionView }): ReactElement {
  const [of = '', setOf] = useParam('of');
  const [words = '', setWords] = useParam('find');
  const start = view.history.events[0]?.timestamp ?? view.execution.startDate;
  const states = useMemo(() => [...new Set(view.logs.flatMap((line) => line.stateName ?? []))], [view.logs]);
  const wanted = words.toLowerCase();
  const lines = linesUntil(view).filter((line) => (!of || line.stateName === of) && (!wanted || line.text.toLowerCase().includes(wanted)));
  if (view.logs.length === 0) return <NoLines view={view} />;
  const text = () => logText(lines);
  return (
    <div className="rows-area logs-grid">
      <div className="filters row wrap events-filters">
        <div className="search">
          <Icon name="search" />
          <input className="input" type="search" aria-label="Find in logs" placeholder="Find in logs" value={words} onChange={(event) => setWords(event.target.value)} />
        </div>
        <select className="select fit" aria-label="State that printed" value={of} onChange={(event) => setOf(event.target.value)}>
          <option value="">All states</option>
          {states.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
        <span className="muted num" role="status">
          {lines.length.toLocaleString()} {lines.length === 1 ? 'line' : 'lines'}
        </span>
        <span className="grow" />
        <CopyButton text={text} label="log lines" />
        <button type="button" className="button plain small icon-only" aria-label="Download log lines" title="Download log lines" onClick={() => download(`${nameOf(view.execution.executionArn)}.log`, new Blob([text()], { type: 'text/plain' }))}>
          <Icon name="download" size={14} />
        </button>
      </div>
      {lines.length === 0 ? (
        <Empty icon="search" title="No line matches" />
      ) : (
        <VirtualList
          items={lines}
          rowHeight={26}
          label="Log lines"
          className="rows-list"
          follows
          render={(line) => (
            <button type="button" className={`rows-row${line === view.line ? ' selected' : ''}`} aria-pressed={line === view.line} onClick={() => view.selectLine(line === view.line ? undefined : line)}>
              <span className="num muted">{formatDuration(Math.max(0, line.timestamp - start))}</span>
              <span className="ellipsis muted">{line.stateName ?? line.function}</span>
              <span className="ellipsis mono log-text" dir="auto">
                {line.text.slice(0, 500) || ' '}
              </span>
            </button>
          )}
        />
      )}
    </div>
  );
}

function NoLines({ view }: { view: ExecutionView }): ReactElement {
  const running = view.execution.status === 'RUNNING';
  return (
    <Empty icon="terminal" title={running ? 'Nothing has been printed yet' : 'Nothing was printed'}>
      What functions of stepwell.toml print while they work for this execution is shown here{running ? ', as it comes' : ''}. The last 1,000 lines of each are kept until the server ends; functions elsewhere log where they run.
    </Empty>
  );
}

/** One line, whole. */
export function LogPanel({ line, view }: { line: LogLine; view: ExecutionView }): ReactElement {
  const facts = [
    ['Function', line.function],
    ['Invocation', line.requestId],
  ] as const;
  return (
    <>
      <PanelHead title="Log line" subtitle={`Printed by ${line.function}${line.stateName === undefined ? '' : ` for ${line.stateName}`}`} onClose={() => view.selectLine(undefined)} />
      <div className="panel-body stack">
        <Time at={line.timestamp} exact />
        <div className="json">
          <div className="json-tools">
            <CopyButton text={line.text} label="line" />
          </div>
          <pre className="log-line" dir="auto" tabIndex={0} role="region" aria-label="Text of the line">
            {line.text}
          </pre>
        </div>
        <dl className="facts">
          {facts.map(([term, value]) =>
            value === undefined ? null : (
              <div key={term}>
                <dt>{term}</dt>
                <dd className="mono break">{value}</dd>
              </div>
            ),
          )}
        </dl>
        {line.stateName !== undefined && (
          <div className="row">
            <button type="button" className="button small" onClick={() => (view.selectLine(undefined), view.select(line.stateName))}>
              Show {line.stateName}
            </button>
          </div>
        )}
      </div>
    </>
  );
}
