/** Every visit of a state as a row. */
import { type ReactElement, useMemo } from 'react';
import { statusAt } from '../../history/fold.ts';
import { Empty, formatDuration, StatusPill, useNow } from '../../ui/basics.tsx';
import { VirtualList } from '../../ui/virtual.tsx';
import { depthOf, lasts, momentOf, visitLabel } from './scale.ts';
import type { ExecutionView } from './view.ts';

export function StatesView({ view }: { view: ExecutionView }): ReactElement {
  const { history, cursor = Number.POSITIVE_INFINITY } = view;
  const now = useNow(view.execution.status === 'RUNNING' ? 1_000 : 600_000);
  const moment = momentOf(history, view.cursor, now);
  const start = history.events[0]?.timestamp ?? 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: changed in place; its version says so
  const visits = useMemo(() => history.visits.filter((visit) => visit.id <= cursor), [history, view.version, cursor]);
  if (visits.length === 0) return <Empty icon="list" title="No state has been entered yet" />;
  return (
    <div className="rows-area states-grid">
      <div className="rows-head" aria-hidden="true">
        <span>State</span>
        <span>Type</span>
        <span>Status</span>
        <span>Started after</span>
        <span>Took</span>
        <span>Attempts</span>
        <span>Resource</span>
      </div>
      <VirtualList
        items={visits}
        rowHeight={38}
        label="States"
        className="rows-list"
        render={(visit) => (
          <button type="button" className={`rows-row${visit.name === view.selected ? ' selected' : ''}`} onClick={() => view.select(visit.name)}>
            <span className="ellipsis strong" style={{ paddingLeft: 12 * Math.min(6, depthOf(visit)) }}>
              {visitLabel(visit)}
            </span>
            <span>{visit.type}</span>
            <span>
              <StatusPill status={statusAt(visit, cursor) ?? 'running'} />
            </span>
            <span className="num">{formatDuration(visit.start - start)}</span>
            <span className="num">{formatDuration(lasts(visit, moment) - visit.start)}</span>
            <span className="num">{visit.attempts.length || '–'}</span>
            <span className="ellipsis mono">{visit.attempts.at(-1)?.resource ?? '–'}</span>
          </button>
        )}
      />
    </div>
  );
}
