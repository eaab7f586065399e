/** Work that waits for somebody: task tokens to answer, activities with nobody to do them. */
import { type ReactElement, useState } from 'react';
import { machineNameOf, nameOf } from '../../api/arn.ts';
import { type ActivityQueue, useTasks, type WaitingTask } from '../../api/queries.ts';
import { Link, paths, useParam } from '../../router.tsx';
import { Empty, ErrorNotice, Loading, Time } from '../../ui/basics.tsx';
import { Icon } from '../../ui/icons.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { useTitle } from '../../ui/title.ts';
import { AnswerDialog } from './AnswerDialog.tsx';

export function TasksPage(): ReactElement {
  useTitle('Tasks');
  const tasks = useTasks();
  const [search = '', setSearch] = useParam('q');
  const words = search.toLowerCase();
  const list = (tasks.data?.tasks ?? []).filter((task) => `${task.stateName} ${task.executionArn} ${task.resource}`.toLowerCase().includes(words));
  return (
    <div className="page">
      <div className="page-head">
        <h1 className="grow">Tasks</h1>
      </div>
      {tasks.error && <ErrorNotice error={tasks.error} />}
      <section className="card" aria-label="Waiting tasks">
        <div className="card-head filters">
          <div className="search">
            <Icon name="search" />
            <input className="input" type="search" aria-label="Find tasks" placeholder="State, execution or resource" value={search} onChange={(event) => setSearch(event.target.value)} />
          </div>
          <span className="muted num" role="status">
            {tasks.data ? `${list.length} waiting` : ''}
          </span>
        </div>
        {tasks.isPending && <Loading />}
        {tasks.data && list.length === 0 && (
          <Empty icon="inbox" title={search ? 'Nothing matches' : 'Nobody is waited for'}>
            A task whose resource ends in .waitForTaskToken, or an activity, stands here until it is answered.
          </Empty>
        )}
        {list.length > 0 && <TaskTable list={list} />}
      </section>
      {tasks.data && tasks.data.activities.length > 0 && <Activities list={tasks.data.activities} />}
    </div>
  );
}

function TaskTable({ list }: { list: WaitingTask[] }): ReactElement {
  const [open, setOpen] = useState<{ task: WaitingTask; approve: boolean }>();
  const columns: Column<WaitingTask>[] = [
    { title: 'State', kind: 'name', cell: (task) => task.stateName },
    {
      title: 'Execution',
      kind: 'minor',
      cell: ({ executionArn }) => (
        <Link to={paths.execution(executionArn)}>
          {machineNameOf(executionArn)} / <span className="mono">{nameOf(executionArn).slice(0, 13)}</span>
        </Link>
      ),
    },
    {
      title: 'Waits for',
      cell: (task) => (
        <>
          {task.kind === 'activity' ? `activity ${nameOf(task.activityArn ?? task.resource)}` : task.resource}
          {task.workerName && <span className="muted"> · {task.workerName}</span>}
        </>
      ),
    },
    { title: 'Since', kind: 'minor', cell: (task) => <Time at={task.scheduledDate} /> },
    { title: 'Until', kind: 'minor', cell: (task) => <Time at={task.heartbeatDate ?? task.timeoutDate} /> },
    {
      title: 'Answer',
      kind: 'actions',
      cell: (task) => (
        <>
          <button type="button" className="button small" aria-label={`Approve ${task.stateName}`} onClick={() => setOpen({ task, approve: true })}>
            <Icon name="succeeded" size={13} />
            Approve
          </button>
          <button type="button" className="button small danger" aria-label={`Reject ${task.stateName}`} onClick={() => setOpen({ task, approve: false })}>
            <Icon name="failed" size={13} />
            Reject
          </button>
        </>
      ),
    },
  ];
  return (
    <>
      <Table label="Waiting tasks" columns={columns} rows={list} keyOf={(task) => task.taskToken || `${task.executionArn} ${task.stateName} ${task.scheduledDate}`} />
      {open && <AnswerDialog task={open.task} approve={open.approve} onClose={() => setOpen(undefined)} />}
    </>
  );
}

const ACTIVITY_COLUMNS: readonly Column<ActivityQueue>[] = [
  { title: 'Name', kind: 'name', cell: (activity) => activity.name },
  { title: 'Waiting for a worker', kind: 'num', cell: (activity) => activity.scheduled },
  { title: 'Being worked on', kind: 'num', cell: (activity) => activity.started },
  { title: 'Created', kind: 'minor', cell: (activity) => <Time at={activity.creationDate} /> },
];

function Activities({ list }: { list: ActivityQueue[] }): ReactElement {
  return (
    <section className="card" aria-label="Activities">
      <div className="card-head">
        <h2>Activities</h2>
      </div>
      <Table label="Activities" columns={ACTIVITY_COLUMNS} rows={list} keyOf={(activity) => activity.activityArn} />
    </section>
  );
}
