/** When each state ran, as bars beside each other; retries show as pieces of a bar. */
import { type ReactElement, useMemo } from 'react';
import { statusAt, type Visit } from '../../history/fold.ts';
import { STATUS_ICON, STATUS_NAME } from '../../history/status.ts';
import { Empty, formatDuration, useNow } from '../../ui/basics.tsx';
import { Icon } from '../../ui/icons.tsx';
import { VirtualList } from '../../ui/virtual.tsx';
import { depthOf, lasts, momentOf, ticks, visitLabel } from './scale.ts';
import type { ExecutionView } from './view.ts';

export function Timeline({ view }: { view: ExecutionView }): ReactElement {
  const { history, cursor = Number.POSITIVE_INFINITY, execution } = view;
  const now = useNow(execution.status === 'RUNNING' ? 500 : 600_000);
  const start = history.events[0]?.timestamp ?? execution.startDate;
  const last = history.events.at(-1)?.timestamp ?? start;
  const end = Math.max(start + 0.001, execution.status === 'RUNNING' ? Math.max(now, last) : last);
  // biome-ignore lint/correctness/useExhaustiveDependencies: changed in place; its version says so
  const visits = useMemo(() => history.visits.filter((visit) => visit.id <= cursor), [history, view.version, cursor]);
  if (visits.length === 0) return <Empty icon="timeline" title="Nothing has happened yet" />;
  const percent = (time: number) => (100 * (time - start)) / (end - start);
  return (
    <div className="timeline">
      <div className="timeline-scale" aria-hidden="true">
        <span />
        <div className="timeline-track">
          {ticks(end - start).map((tick) => (
            <span key={tick} className="tick num" style={{ left: `${percent(start + tick)}%` }}>
              {formatDuration(tick)}
            </span>
          ))}
        </div>
      </div>
      <VirtualList
        items={visits}
        rowHeight={32}
        label="Timeline of states"
        className="timeline-rows"
        focus={visits.findIndex((visit) => visit.name === view.selected)}
        render={(visit) => <Bar visit={visit} cursor={cursor} percent={percent} moment={momentOf(history, view.cursor, end)} selected={visit.name === view.selected} onSelect={() => view.select(visit.name)} />}
      />
    </div>
  );
}

interface BarProps {
  visit: Visit;
  cursor: number;
  percent: (time: number) => number;
  moment: number;
  selected: boolean;
  onSelect: () => void;
}

function Bar({ visit, cursor, percent, moment, selected, onSelect }: BarProps): ReactElement {
  const status = statusAt(visit, cursor) ?? 'running';
  const until = lasts(visit, moment);
  const attempts = visit.attempts.filter((attempt) => attempt.startId <= cursor);
  const left = percent(visit.start);
  const width = Math.max(0, percent(until) - left);
  const took = formatDuration(until - visit.start);
  return (
    <button type="button" className={`timeline-row${selected ? ' selected' : ''}`} aria-pressed={selected} aria-label={`${visitLabel(visit)} ${took}, ${STATUS_NAME[status]}`} onClick={onSelect}>
      <span className="timeline-name ellipsis" style={{ paddingLeft: 14 * Math.min(6, depthOf(visit)) }}>
        <span className={`dot-status status-${status}`}>
          <Icon name={STATUS_ICON[status]} size={11} />
        </span>
        <span className="ellipsis">{`${visitLabel(visit)} `}</span>
      </span>
      <span className="timeline-track">
        <span className={`bar bar-${status}`} style={{ left: `${left}%`, width: `max(4px, ${width}%)` }} />
        {attempts.length > 1 &&
          attempts.map((attempt) => (
            <span
              key={attempt.number}
              className={`bar attempt bar-${attempt.status}`}
              title={`Attempt ${attempt.number}: ${STATUS_NAME[attempt.status]}`}
              style={{ left: `${percent(attempt.start)}%`, width: `max(3px, ${percent(lasts(attempt, moment)) - percent(attempt.start)}%)` }}
            />
          ))}
        <span className="bar-time num" style={left + width <= 90 ? { left: `${left + width}%` } : left >= 10 ? { right: `${100 - left}%` } : { right: 0 }}>
          {took}
        </span>
      </span>
    </button>
  );
}
