/** One state of an execution: which visit, which attempt, what went in and out, why it failed. */
import { type ReactElement, useState } from 'react';
import { at, type Json } from '../../asl/types.ts';
import { isArn, nameOf } from '../../api/arn.ts';
import { detailsOf, eventSummary, eventTitle } from '../../history/events.ts';
import { type History, statusAt, type Visit } from '../../history/fold.ts';
import { visitsByName } from '../../history/marks.ts';
import { Link, paths } from '../../router.tsx';
import { formatDuration, Notice, StatusPill } from '../../ui/basics.tsx';
import { Icon } from '../../ui/icons.tsx';
import { JsonView } from '../../ui/json.tsx';
import { PanelHead } from '../../ui/PanelHead.tsx';
import { type Tab, Tabs } from '../../ui/tabs.tsx';
import { LogLines } from './LogLines.tsx';
import { VariablesView } from './Panel.tsx';
import { visitLabel } from './scale.ts';
import { variablesAt } from './variables.ts';
import type { ExecutionView } from './view.ts';

const TABS = [
  { key: 'data', label: 'Input & output' },
  { key: 'attempts', label: 'Attempts' },
  { key: 'variables', label: 'Variables' },
  { key: 'logs', label: 'Logs' },
  { key: 'events', label: 'Events' },
  { key: 'definition', label: 'Definition' },
] as const satisfies readonly Tab<string>[];

export function StatePanel({ name, view }: { name: string; view: ExecutionView }): ReactElement {
  const [tab, setTab] = useState<(typeof TABS)[number]['key']>('data');
  const [chosen, setChosen] = useState<number>();
  const { history, cursor } = view;
  const visits = visitsByName(history, view.iterations, cursor).get(name) ?? [];
  const visit = visits.find((each) => each.id === chosen) ?? visits.at(-1);
  const node = view.drawn?.layout.nodes.find((each) => each.node.name === name)?.node;
  const logs = view.logs.filter((line) => line.stateName === name);
  const tabs = TABS.filter(({ key }) => key !== 'logs' || logs.length > 0);
  const definition = node && at(view.drawn?.definition as Json, node.path);
  return (
    <>
      <PanelHead title={name} subtitle={node ? `${node.kind}${node.subtitle === node.kind ? '' : ` · ${node.subtitle}`}` : ''} onClose={() => view.select(undefined)} />
      <div className="panel-status">
        {visit ? <StatusPill status={statusAt(visit, cursor) ?? 'running'} /> : <span className="muted">Not entered</span>}
        {visit?.end !== undefined && <span className="num muted">{formatDuration(visit.end - visit.start)}</span>}
        {visits.length > 1 && (
          <select className="select fit" aria-label="Visit" value={visit?.id} onChange={(event) => setChosen(Number(event.target.value))}>
            {visits.slice(-500).map((each, index) => (
              <option key={each.id} value={each.id}>
                {`${visitLabel(each)} (visit ${index + 1} of ${visits.length})`}
              </option>
            ))}
          </select>
        )}
      </div>
      {visit && <Links visit={visit} history={history} />}
      <Tabs label="State" tabs={tabs} current={tab} onChange={setTab} panelClass="panel-body">
        {tab === 'definition' ? (
          <JsonView text={definition === undefined ? undefined : JSON.stringify(definition)} label="Definition of the state" />
        ) : !visit ? (
          <p className="muted">The execution has not been here{cursor === undefined ? '' : ' at this moment'}.</p>
        ) : tab === 'data' ? (
          <DataView visit={visit} cursor={cursor} />
        ) : tab === 'attempts' ? (
          <Attempts visit={visit} />
        ) : tab === 'variables' ? (
          <StateVariables visit={visit} history={history} cursor={cursor} />
        ) : tab === 'logs' ? (
          <LogLines lines={logs} start={history.events[0]?.timestamp ?? visit.start} />
        ) : (
          <VisitEvents visit={visit} view={view} />
        )}
      </Tabs>
    </>
  );
}

function DataView({ visit, cursor = Number.POSITIVE_INFINITY }: { visit: Visit; cursor: number | undefined }): ReactElement {
  const exited = visit.exitedId !== undefined && visit.exitedId <= cursor;
  return (
    <div className="stack">
      {visit.error !== undefined && (
        <Notice tone="bad" title={visit.error}>
          {visit.cause && <pre className="cause">{visit.cause}</pre>}
        </Notice>
      )}
      <h3>Input</h3>
      <JsonView text={visit.input} label="State input" />
      <h3>Output</h3>
      {exited ? <JsonView text={visit.output} label="State output" /> : <p className="muted">It has not been left.</p>}
    </div>
  );
}

function Attempts({ visit }: { visit: Visit }): ReactElement {
  if (visit.attempts.length === 0) return <p className="muted">This state calls nothing.</p>;
  return (
    <ol className="stack">
      {visit.attempts.map((attempt) => (
        <li key={attempt.number} className="attempt-card">
          <div className="row">
            <h2 className="grow">Attempt {attempt.number}</h2>
            {attempt.end !== undefined && <span className="num muted">{formatDuration(attempt.end - attempt.start)}</span>}
            <StatusPill status={attempt.status} />
          </div>
          {attempt.resource && <p className="mono muted break">{attempt.resource}</p>}
          {attempt.error !== undefined && <pre className="cause">{`${attempt.error}${attempt.cause ? `\n${attempt.cause}` : ''}`}</pre>}
          {attempt.input !== undefined && (
            <>
              <h3>Request</h3>
              <JsonView text={attempt.input} label={`Request ${attempt.number}`} />
            </>
          )}
          {attempt.output !== undefined && (
            <>
              <h3>Result</h3>
              <JsonView text={attempt.output} label={`Result ${attempt.number}`} />
            </>
          )}
        </li>
      ))}
    </ol>
  );
}

function StateVariables({ visit, history, cursor }: { visit: Visit; history: History; cursor: number | undefined }): ReactElement {
  const assigned = new Map(Object.entries(visit.assigned ?? {}));
  return (
    <div className="stack">
      <h3>On entry</h3>
      <VariablesView variables={variablesAt(history, visit, cursor)} />
      {assigned.size > 0 && (
        <>
          <h3>Assigned here</h3>
          <VariablesView variables={assigned} />
        </>
      )}
    </div>
  );
}

function VisitEvents({ visit, view }: { visit: Visit; view: ExecutionView }): ReactElement {
  return (
    <ul className="event-list">
      {visit.events.slice(0, 300).map((id) => {
        const event = view.history.events[id - 1];
        return event ? (
          <li key={id}>
            <span className="num muted">{id}</span>
            <span className="strong">{eventTitle(event.type)}</span>
            <span className="muted ellipsis">{eventSummary(event).slice(0, 200)}</span>
          </li>
        ) : null;
      })}
    </ul>
  );
}

/** Where the state's work went on: the execution it started, the map run it made. */
function Links({ visit, history }: { visit: Visit; history: History }): ReactElement | null {
  const child = visit.events.map((id) => history.events[id - 1]).map((event) => (event ? childOf(detailsOf(event).output) : undefined)).find(Boolean);
  if (!child && !visit.mapRunArn) return null;
  return (
    <div className="panel-links">
      {child && (
        <Link to={paths.execution(child)}>
          <Icon name="workflow" size={14} /> Execution {nameOf(child)}
        </Link>
      )}
      {visit.mapRunArn && (
        <Link to={paths.mapRun(visit.mapRunArn)}>
          <Icon name="Map" size={14} /> Map run
        </Link>
      )}
    </div>
  );
}

function childOf(output: string | undefined): string | undefined {
  if (!output?.includes('ExecutionArn')) return undefined;
  try {
    const value = JSON.parse(output) as { ExecutionArn?: unknown };
    return typeof value.ExecutionArn === 'string' && isArn(value.ExecutionArn, 'execution') ? value.ExecutionArn : undefined;
  } catch {
    return undefined;
  }
}
