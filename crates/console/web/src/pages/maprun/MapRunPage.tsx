/** A distributed Map at work: how far it is, its child executions, and the knobs that may be turned. */
import { type ReactElement, useState } from 'react';
import { machineArnOf, machineNameOf, nameOf } from '../../api/arn.ts';
import type { MapRun, MapRunCounts } from '../../api/operations.ts';
import { useMapRun } from '../../api/queries.ts';
import { statusOf } from '../../history/status.ts';
import { Link, paths } from '../../router.tsx';
import { CopyButton, ErrorPage, formatDuration, Loading, StatusPill, Time, useNow } from '../../ui/basics.tsx';
import { Icon } from '../../ui/icons.tsx';
import { CallDialog } from '../../ui/overlay.tsx';
import { useTitle } from '../../ui/title.ts';
import { Executions } from '../machine/Executions.tsx';

export function MapRunPage({ arn }: { arn: string }): ReactElement {
  useTitle('Map run');
  const run = useMapRun(arn);
  const [editing, setEditing] = useState(false);
  const now = useNow(1_000);
  if (!run.data) return run.error ? <ErrorPage title="Map run" error={run.error} /> : <Loading />;
  const { data } = run;
  return (
    <div className="page">
      <div className="page-head">
        <div className="grow">
          <nav className="crumbs" aria-label="Breadcrumb">
            <Link to={paths.machines()}>State machines</Link>
            <span aria-hidden="true">/</span>
            <Link to={paths.machine(machineArnOf(arn))}>{machineNameOf(data.executionArn)}</Link>
            <span aria-hidden="true">/</span>
            <Link to={paths.execution(data.executionArn)}>{nameOf(data.executionArn)}</Link>
          </nav>
          <h1>Map run</h1>
          <div className="row wrap meta">
            <StatusPill status={statusOf(data.status)} />
            <span className="muted">
              Started <Time at={data.startDate} />
            </span>
            <span className="num muted">took {formatDuration((data.stopDate ?? now) - data.startDate)}</span>
            {Boolean(data.redriveCount) && <span className="chip">redriven {data.redriveCount}×</span>}
            <CopyButton text={arn} label="ARN" />
          </div>
        </div>
        <button type="button" className="button" disabled={data.status !== 'RUNNING'} onClick={() => setEditing(true)}>
          <Icon name="settings" />
          Change limits
        </button>
      </div>
      <section className="card card-body stack" aria-label="Progress">
        <Progress title="Items" counts={data.itemCounts} />
        <Progress title="Child executions" counts={data.executionCounts} />
        <dl className="facts">
          <Fact term="Concurrency">{data.maxConcurrency === 0 ? 'unlimited' : data.maxConcurrency}</Fact>
          <Fact term="Tolerated failures">{data.toleratedFailureCount}</Fact>
          <Fact term="Tolerated failure percentage">{data.toleratedFailurePercentage} %</Fact>
          <Fact term="Results written">{data.itemCounts.resultsWritten}</Fact>
        </dl>
      </section>
      <Executions of={{ mapRunArn: arn }} express={false} />
      {editing && <LimitsDialog run={data} onClose={() => setEditing(false)} />}
    </div>
  );
}

function Fact({ term, children }: { term: string; children: React.ReactNode }): ReactElement {
  return (
    <div>
      <dt>{term}</dt>
      <dd className="num">{children}</dd>
    </div>
  );
}

const PARTS = [
  ['succeeded', 'Succeeded'],
  ['running', 'Running'],
  ['failed', 'Failed'],
  ['timedOut', 'Timed out'],
  ['aborted', 'Aborted'],
  ['pending', 'Pending'],
] as const satisfies readonly (readonly [keyof MapRunCounts, string])[];

function Progress({ title, counts }: { title: string; counts: MapRunCounts }): ReactElement {
  const done = counts.succeeded + counts.failed + counts.timedOut + counts.aborted;
  return (
    <div className="stack tight">
      <div className="row">
        <h2 className="grow">{title}</h2>
        <span className="num muted">{`${done.toLocaleString()} of ${counts.total.toLocaleString()} done`}</span>
      </div>
      <div className="progress" role="img" aria-label={PARTS.map(([key, name]) => `${name} ${counts[key]}`).join(', ')}>
        {PARTS.map(([key]) => counts[key] > 0 && <span key={key} className={`part-${key}`} style={{ flexGrow: counts[key] }} />)}
      </div>
      <ul className="row wrap legend">
        {PARTS.map(([key, name]) => (
          <li key={key} className="row tight">
            <span className={`swatch part-${key}`} />
            {name} <strong className="num">{counts[key].toLocaleString()}</strong>
          </li>
        ))}
      </ul>
    </div>
  );
}

const KNOBS = [
  ['maxConcurrency', 'Concurrency', '0 is unlimited'],
  ['toleratedFailureCount', 'Tolerated failures', 'The run fails when more items fail'],
  ['toleratedFailurePercentage', 'Tolerated failure percentage', '0 to 100'],
] as const;

function LimitsDialog({ run, onClose }: { run: MapRun; onClose: () => void }): ReactElement {
  const [values, setValues] = useState({ maxConcurrency: run.maxConcurrency, toleratedFailureCount: run.toleratedFailureCount, toleratedFailurePercentage: run.toleratedFailurePercentage });
  // A limit that is said to be 0 is another thing than one that nobody set: only changes are sent.
  const changed = KNOBS.map(([key]) => key).filter((key) => values[key] !== run[key]);
  const input = { mapRunArn: run.mapRunArn, ...Object.fromEntries(changed.map((key) => [key, values[key]])) };
  return (
    <CallDialog
      title="Change the limits of this run"
      action="Change limits"
      operation="UpdateMapRun"
      input={input}
      onClose={onClose}
      renews={['map-run']}
    >
      {KNOBS.map(([key, name, hint]) => (
        <label key={key} className="field">
          <span className="field-label">{name}</span>
          <input className="input" type="number" min={0} step={key === 'toleratedFailurePercentage' ? 'any' : 1} value={values[key]} onChange={(event) => setValues({ ...values, [key]: Number(event.target.value) })} />
          <span className="field-hint">{hint}</span>
        </label>
      ))}
    </CallDialog>
  );
}
