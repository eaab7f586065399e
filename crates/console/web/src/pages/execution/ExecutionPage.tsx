/** One execution: what it does now, what it did, why it failed. */
import { type ReactElement, useEffect, useMemo, useState } from 'react';
import { isExpress, machineArnOf, machineNameOf, nameOf } from '../../api/arn.ts';
import { type LogLine, useLogs } from '../../api/logs.ts';
import type { Execution } from '../../api/operations.ts';
import { useExecution, useExecutionDefinition, useRefresh } from '../../api/queries.ts';
import { useHistory } from '../../api/stream.ts';
import { useLayout } from '../../graph/useLayout.ts';
import type { Selection } from '../../history/marks.ts';
import { statusOf } from '../../history/status.ts';
import { Link, paths, useParam } from '../../router.tsx';
import { CopyButton, ErrorNotice, ErrorPage, formatDuration, Loading, Notice, StatusPill, Time, useNow } from '../../ui/basics.tsx';
import { type Tab, Tabs } from '../../ui/tabs.tsx';
import { useTitle } from '../../ui/title.ts';
import { Actions } from './Actions.tsx';
import { EventsView } from './EventsView.tsx';
import { GraphView } from './GraphView.tsx';
import { LogsView } from './LogsView.tsx';
import { Panel } from './Panel.tsx';
import { Scrubber } from './Scrubber.tsx';
import { StatesView } from './StatesView.tsx';
import { Timeline } from './Timeline.tsx';
import type { ExecutionView } from './view.ts';

const TABS = [
  { key: 'graph', label: 'Graph', icon: 'graph' },
  { key: 'timeline', label: 'Timeline', icon: 'timeline' },
  { key: 'states', label: 'States', icon: 'list' },
  { key: 'events', label: 'Events', icon: 'code' },
  { key: 'logs', label: 'Logs', icon: 'terminal' },
] as const satisfies readonly Tab<string>[];

const NO_LINES: readonly LogLine[] = [];

export function ExecutionPage({ arn }: { arn: string }): ReactElement {
  useTitle(nameOf(arn));
  const execution = useExecution(arn);
  const definition = useExecutionDefinition(arn);
  const status = execution.data?.status;
  const followed = useHistory(arn, execution.data?.redriveCount ?? 0, !isExpress(arn));
  const drawn = useLayout(definition.data?.definition);
  const [tab, setTab] = useParam('tab');
  const [at, setAt] = useParam('at');
  const [selected, setSelected] = useParam('state');
  const [event, setEvent] = useParam('event');
  const [line, setLine] = useParam('line');
  const [iterations, setIterations] = useIterations();
  const logs = useLogs(arn, execution.data?.stopDate, tab === 'logs').data ?? NO_LINES;
  useRefreshAtEnd(followed.history.changes.at(-1)?.status !== 'running', status);
  const cursor = at === undefined ? undefined : Number(at);
  if (!execution.data) return execution.error ? <ErrorPage title={nameOf(arn)} error={execution.error} /> : <Loading />;
  const view: ExecutionView = {
    execution: execution.data,
    history: followed.history,
    version: followed.version,
    drawn,
    cursor,
    selected,
    select: (name) => setSelected(name),
    event: event === undefined ? undefined : Number(event),
    selectEvent: (id) => setEvent(id === undefined ? undefined : String(id)),
    logs,
    line: line === undefined ? undefined : logs[Number(line)],
    selectLine: (picked) => setLine(picked && String(logs.indexOf(picked))),
    iterations,
    setIteration: setIterations,
  };
  const current = TABS.find((each) => each.key === tab)?.key ?? 'graph';
  return (
    <div className="page wide">
      <Head execution={execution.data} live={followed.live} />
      {execution.data.error !== undefined && <ErrorCard view={view} />}
      {followed.error !== undefined && <ErrorNotice error={followed.error} />}
      <div className="split">
        <section className="card split-main" aria-label="What happened" aria-busy={followed.loading && !isExpress(arn)}>
          <div className="view-head">
            <Tabs label="View" tabs={TABS} current={current} onChange={setTab} segmented />
            <span className="muted num">{current === 'logs' ? '' : `${followed.history.events.length.toLocaleString()} events`}</span>
          </div>
          {current === 'graph' && <GraphView view={view} />}
          {current === 'timeline' && <Timeline view={view} />}
          {current === 'states' && <StatesView view={view} />}
          {current === 'events' && <EventsView view={view} />}
          {current === 'logs' && <LogsView view={view} />}
          <Scrubber history={followed.history} version={followed.version} cursor={cursor} onChange={(id) => setAt(id === undefined ? undefined : String(id))} />
        </section>
        <Panel view={view} />
      </div>
    </div>
  );
}

/** The chosen iterations, in the address as `Map name:index` pairs. */
function useIterations(): [Selection, (name: string, index: number | undefined) => void] {
  const [text = '', setText] = useParam('items');
  const selection = useMemo(() => {
    const pairs = text.split('|').filter(Boolean).map((pair) => [decodeURIComponent(pair.slice(0, pair.lastIndexOf('~'))), Number(pair.slice(pair.lastIndexOf('~') + 1))] as const);
    return Object.fromEntries(pairs) as Selection;
  }, [text]);
  const set = (name: string, index: number | undefined) => {
    const next = Object.entries({ ...selection, [name]: index }).filter((pair): pair is [string, number] => pair[1] !== undefined);
    setText(next.map(([key, value]) => `${encodeURIComponent(key)}~${value}`).join('|'));
  };
  return [selection, set];
}

/** The history knows first that the execution has ended; the description is then asked for again. */
function useRefreshAtEnd(ended: boolean, status: string | undefined): void {
  const refresh = useRefresh();
  const [asked, setAsked] = useState(false);
  useEffect(() => {
    if (ended && status === 'RUNNING' && !asked) {
      setAsked(true);
      refresh('execution');
    }
    if (!ended && asked) setAsked(false);
  }, [ended, status, asked, refresh]);
}

function Head({ execution, live }: { execution: Execution; live: boolean }): ReactElement {
  const now = useNow(execution.status === 'RUNNING' ? 500 : 60_000);
  const arn = execution.executionArn;
  const version = execution.stateMachineAliasArn ?? execution.stateMachineVersionArn;
  return (
    <div className="page-head">
      <div className="grow">
        <nav className="crumbs" aria-label="Breadcrumb">
          <Link to={paths.machines()}>State machines</Link>
          <span aria-hidden="true">/</span>
          <Link to={paths.machine(machineArnOf(arn))}>{machineNameOf(arn)}</Link>
          {execution.mapRunArn && (
            <>
              <span aria-hidden="true">/</span>
              <Link to={paths.mapRun(execution.mapRunArn)}>Map run</Link>
            </>
          )}
        </nav>
        <h1>{execution.name}</h1>
        <div className="row wrap meta">
          <StatusPill status={statusOf(execution.status)} />
          <span className="muted">
            Started <Time at={execution.startDate} />
          </span>
          <span className="num muted">took {formatDuration((execution.stopDate ?? now) - execution.startDate)}</span>
          {version && <span className="chip">{execution.stateMachineAliasArn ? `alias ${nameOf(version)}` : `version ${nameOf(version)}`}</span>}
          {Boolean(execution.redriveCount) && <span className="chip">redriven {execution.redriveCount}×</span>}
          {live && <span className="chip live">Live</span>}
          <CopyButton text={arn} label="ARN" />
        </div>
      </div>
      <Actions execution={execution} />
    </div>
  );
}

function ErrorCard({ view }: { view: ExecutionView }): ReactElement {
  const { execution, history } = view;
  const culprit = history.visits.findLast((visit) => visit.error === execution.error || visit.type === 'Fail');
  return (
    <Notice tone="bad" title={execution.error || 'The execution failed'}>
      <div className="error-card">
        <pre className="cause grow" tabIndex={0} role="region" aria-label="Cause">
          {execution.cause}
        </pre>
        {culprit && (
          <button type="button" className="button small" onClick={() => view.select(culprit.name)}>
            Show {culprit.name}
          </button>
        )}
      </div>
    </Notice>
  );
}
