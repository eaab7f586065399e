/** Beside the picture: the selected event, the selected state, or the execution as a whole. */
import { type ReactElement, useState } from 'react';
import type { HistoryEvent } from '../../api/operations.ts';
import { detailsOf, eventTitle } from '../../history/events.ts';
import { Time } from '../../ui/basics.tsx';
import { JsonView } from '../../ui/json.tsx';
import { PanelHead } from '../../ui/PanelHead.tsx';
import { type Tab, Tabs } from '../../ui/tabs.tsx';
import { useParam } from '../../router.tsx';
import { LogPanel } from './LogsView.tsx';
import { StatePanel } from './StatePanel.tsx';
import { variablesAt } from './variables.ts';
import type { ExecutionView } from './view.ts';

export function Panel({ view }: { view: ExecutionView }): ReactElement {
  const [tab] = useParam('tab');
  const event = tab === 'events' && view.event !== undefined ? view.history.events[view.event - 1] : undefined;
  const line = tab === 'logs' ? view.line : undefined;
  return (
    <aside className="card split-side" aria-label="Details">
      {event ? <EventPanel event={event} view={view} /> : line ? <LogPanel line={line} view={view} /> : view.selected ? <StatePanel key={view.selected} name={view.selected} view={view} /> : <ExecutionPanel view={view} />}
    </aside>
  );
}

const TABS = [
  { key: 'input', label: 'Input' },
  { key: 'output', label: 'Output' },
  { key: 'variables', label: 'Variables' },
] as const satisfies readonly Tab<string>[];

function ExecutionPanel({ view }: { view: ExecutionView }): ReactElement {
  const { execution, history, cursor } = view;
  const [tab, setTab] = useState<(typeof TABS)[number]['key']>(execution.output === undefined ? 'input' : 'output');
  return (
    <>
      <PanelHead title="Execution" subtitle="Select a state to see what went in and out of it" />
      <Tabs label="Execution" tabs={TABS} current={tab} onChange={setTab} panelClass="panel-body">
        {tab === 'input' && <JsonView text={execution.input} label="Input" />}
        {tab === 'output' && (execution.output === undefined ? <p className="muted">{execution.status === 'RUNNING' ? 'It is still running.' : 'It has no output.'}</p> : <JsonView text={execution.output} label="Output" />)}
        {tab === 'variables' && <VariablesView variables={variablesAt(history, undefined, cursor)} />}
      </Tabs>
    </>
  );
}

export function VariablesView({ variables }: { variables: Map<string, string> }): ReactElement {
  if (variables.size === 0) return <p className="muted">No variable has been assigned.</p>;
  const text = `{${[...variables].map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
  return <JsonView text={text} label="Variables" />;
}

function EventPanel({ event, view }: { event: HistoryEvent; view: ExecutionView }): ReactElement {
  const details = detailsOf(event);
  const payload = (['input', 'parameters', 'output'] as const).flatMap((key) => (details[key] === undefined ? [] : [[key, details[key]] as const]));
  return (
    <>
      <PanelHead title={eventTitle(event.type)} subtitle={`Event ${event.id}, after event ${event.previousEventId ?? 0}`} onClose={() => view.selectEvent(undefined)} />
      <div className="panel-body stack">
        <Time at={event.timestamp} exact />
        {details.error !== undefined && <pre className="cause">{`${details.error}\n${details.cause ?? ''}`}</pre>}
        {payload.map(([key, text]) => (
          <div key={key} className="stack tight">
            <h3>{key.charAt(0).toUpperCase() + key.slice(1)}</h3>
            <JsonView text={text} label={key} />
          </div>
        ))}
        <h3>Event</h3>
        <JsonView text={JSON.stringify(event)} label={`event-${event.id}`} />
      </div>
    </>
  );
}
