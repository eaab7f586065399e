/** Work that waits for somebody: task tokens to answer, activities with nobody to do them. */
import { type ReactElement, useState } from 'react';
import { machineNameOf, nameOf } from '../../api/arn.ts';
import { type ActivityQueue, useTasks, type WaitingTask } from '../../api/queries.ts';
import { Link, paths, useParam } from '../../router.tsx';
import { Empty, ErrorNotice, Loading, Time } from '../../ui/basics.tsx';
import { Icon } from '../../ui/icons.tsx';
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
  return (
    <div className="table-wrap" tabIndex={0} role="region" aria-label="Waiting tasks, scrollable">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Execution</th>
            <th scope="col">Waits for</th>
            <th scope="col">Since</th>
            <th scope="col">Until</th>
            <th scope="col">
              <span className="visually-hidden">Answer</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {list.map((task) => (
            <tr key={task.taskToken || `${task.executionArn} ${task.stateName} ${task.scheduledDate}`}>
              <td className="name">{task.stateName}</td>
              <td>
                <Link to={paths.execution(task.executionArn)}>
                  {machineNameOf(task.executionArn)} / <span className="mono">{nameOf(task.executionArn).slice(0, 13)}</span>
                </Link>
              </td>
              <td>
                {task.kind === 'activity' ? `activity ${nameOf(task.activityArn ?? task.resource)}` : task.resource}
                {task.workerName && <span className="muted"> · {task.workerName}</span>}
              </td>
              <td>
                <Time at={task.scheduledDate} />
              </td>
              <td>
                <Time at={task.heartbeatDate ?? task.timeoutDate} />
              </td>
              <td className="actions">
                <div className="row end">
                  <button type="button" className="button small" aria-label={`Approve ${task.stateName}`} onClick={() => setOpen({ task, approve: true })}>
                    <Icon name="succeeded" size={13} />
                    Approve
                  </button>
                  <button type="button" className="button small danger" aria-label={`Reject ${task.stateName}`} onClick={() => setOpen({ task, approve: false })}>
                    <Icon name="failed" size={13} />
                    Reject
                  </button>
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {open && <AnswerDialog task={open.task} approve={open.approve} onClose={() => setOpen(undefined)} />}
    </div>
  );
}

function Activities({ list }: { list: ActivityQueue[] }): ReactElement {
  return (
    <section className="card" aria-label="Activities">
      <div className="card-head">
        <h2>Activities</h2>
      </div>
      <div className="table-wrap" tabIndex={0} role="region" aria-label="Activities, scrollable">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Waiting for a worker</th>
              <th scope="col">Being worked on</th>
              <th scope="col">Created</th>
            </tr>
          </thead>
          <tbody>
            {list.map((activity) => (
              <tr key={activity.activityArn}>
                <td className="name">{activity.name}</td>
                <td className="num">{activity.scheduled}</td>
                <td className="num">{activity.started}</td>
                <td>
                  <Time at={activity.creationDate} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
