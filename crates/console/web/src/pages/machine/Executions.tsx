/** The runs of a state machine or the children of a map run, newest first, filtered by status. */
import type { ReactElement } from 'react';
import { nameOf } from '../../api/arn.ts';
import type { ExecutionItem, ExecutionStatus } from '../../api/operations.ts';
import { useExecutions } from '../../api/queries.ts';
import { statusOf } from '../../history/status.ts';
import { Link, paths, useParam } from '../../router.tsx';
import { Empty, ErrorNotice, formatDuration, Loading, StatusPill, Time, useNow } from '../../ui/basics.tsx';
import { type Column, Table } from '../../ui/table.tsx';

const FILTERS: { value: ExecutionStatus; label: string }[] = [
  { value: 'RUNNING', label: 'Running' },
  { value: 'SUCCEEDED', label: 'Succeeded' },
  { value: 'FAILED', label: 'Failed' },
  { value: 'TIMED_OUT', label: 'Timed out' },
  { value: 'ABORTED', label: 'Aborted' },
];

interface ExecutionsProps {
  of: { stateMachineArn: string } | { mapRunArn: string };
  express: boolean;
  onStart?: () => void;
}

export function Executions({ of, express, onStart }: ExecutionsProps): ReactElement {
  const [status, setStatus] = useParam('status');
  const filter = FILTERS.find((each) => each.value === status)?.value;
  const listed = !(express && 'stateMachineArn' in of);
  const executions = useExecutions(of, filter, listed);
  if (!listed) {
    return (
      <section className="card">
        <Empty icon="machines" title="Express executions are not recorded" actions={onStart && <StartButton onStart={onStart} />}>
          Start one to see its output at once. Turn logging on to keep what happened.
        </Empty>
      </section>
    );
  }
  const list = executions.data?.pages.flatMap((page) => page.executions) ?? [];
  return (
    <section className="card" aria-label="Executions">
      <div className="card-head filters">
        <select className="select fit" aria-label="Status" value={filter ?? ''} onChange={(event) => setStatus(event.target.value)}>
          <option value="">All statuses</option>
          {FILTERS.map((each) => (
            <option key={each.value} value={each.value}>
              {each.label}
            </option>
          ))}
        </select>
        <span className="muted">Newest first</span>
      </div>
      {executions.error && <ErrorNotice error={executions.error} />}
      {executions.isPending && !executions.error ? <Loading /> : <ExecutionTable list={list} showItems={'mapRunArn' in of} />}
      {executions.data && list.length === 0 && (
        <Empty icon="play" title={filter ? 'No execution has this status' : 'No executions yet'} actions={!filter && onStart && <StartButton onStart={onStart} />} />
      )}
      {executions.hasNextPage && (
        <div className="card-body row">
          <button type="button" className="button" disabled={executions.isFetchingNextPage} onClick={() => void executions.fetchNextPage()}>
            Show more
          </button>
        </div>
      )}
    </section>
  );
}

function StartButton({ onStart }: { onStart: () => void }): ReactElement {
  return (
    <button type="button" className="button primary" onClick={onStart}>
      Start an execution
    </button>
  );
}

function ExecutionTable({ list, showItems }: { list: ExecutionItem[]; showItems: boolean }): ReactElement {
  const now = useNow(1_000);
  if (list.length === 0) return <></>;
  const columns: Column<ExecutionItem>[] = [
    { title: 'Name', kind: 'name', cell: (each) => <Link className="mono" to={paths.execution(each.executionArn)}>{each.name}</Link> },
    { title: 'Status', cell: (each) => <StatusPill status={statusOf(each.status)} /> },
    { title: 'Started', kind: 'minor', cell: (each) => <Time at={each.startDate} /> },
    { title: 'Took', kind: 'num', cell: (each) => formatDuration((each.stopDate ?? now) - each.startDate) },
    showItems
      ? { title: 'Items', kind: 'num', cell: (each) => each.itemCount ?? '–' }
      : { title: 'Version', kind: 'minor', cell: (each) => nameOf(each.stateMachineAliasArn ?? each.stateMachineVersionArn ?? ':–') },
    { title: 'Redrives', kind: 'minor', cell: (each) => each.redriveCount || '–' },
  ];
  return <Table label="Executions" columns={columns} rows={list} keyOf={(each) => each.executionArn} />;
}
