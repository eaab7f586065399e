/** The graph, coloured by what happened, with the iterations of each Map to choose from. */
import { type ReactElement, useMemo, useRef } from 'react';
import { Drawing } from '../../graph/Drawing.tsx';
import { ExportMenu } from '../../graph/ExportMenu.tsx';
import { Viewport } from '../../graph/Viewport.tsx';
import { type Scope, statusAt, type Visit } from '../../history/fold.ts';
import { inSelection, marksOf } from '../../history/marks.ts';
import { STATUS_NAME } from '../../history/status.ts';
import { Loading } from '../../ui/basics.tsx';
import type { ExecutionView } from './view.ts';

export function GraphView({ view }: { view: ExecutionView }): ReactElement {
  const { drawn, history, cursor, iterations, version } = view;
  const drawing = useRef<SVGGElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the history is changed in place; its version says so
  const marks = useMemo(() => drawn && marksOf(history, drawn.graph, iterations, cursor), [drawn, history, version, iterations, cursor]);
  if (!drawn || !marks) return <Loading />;
  const selected = view.selected === undefined ? undefined : drawn.layout.nodes.find((node) => node.node.name === view.selected && node.node.kind !== 'Start')?.node.id;
  return (
    <div className="graph-area">
      <Iterations view={view} />
      <Viewport
        width={drawn.layout.width}
        height={drawn.layout.height}
        label="Graph of the execution"
        fitKey={view.execution.executionArn}
        onBackground={() => view.select(undefined)}
        tools={<ExportMenu drawing={drawing} layout={drawn.layout} name={view.execution.name} />}
      >
        <g ref={drawing}>
          <Drawing layout={drawn.layout} marks={marks.nodes} taken={marks.taken} selected={selected} onSelect={(node) => view.select(node.name)} />
        </g>
      </Viewport>
    </div>
  );
}

/** More are not listed one by one: those that failed are, and any number can be typed. */
const LISTED = 200;

function Iterations({ view }: { view: ExecutionView }): ReactElement | null {
  const { history, iterations, cursor } = view;
  const byName = new Map<string, Visit>();
  for (const visit of history.visits) {
    if (visit.type === 'Map' && visit.scopes.length > 1 && visit.id <= (cursor ?? Number.POSITIVE_INFINITY) && inSelection(visit, iterations)) byName.set(visit.name, visit);
  }
  if (byName.size === 0) return null;
  return (
    <div className="iterations">
      {[...byName].map(([name, visit]) => {
        const attempt = visit.attempts.length;
        const scopes = visit.scopes.filter((scope) => scope.attempt === attempt).toSorted((a, b) => a.index - b.index);
        const choose = (text: string) => view.setIteration(name, text === '' ? undefined : Number(text));
        return <Chooser key={name} name={name} scopes={scopes} chosen={iterations[name]} onChoose={choose} cursor={cursor} />;
      })}
    </div>
  );
}

interface ChooserProps {
  name: string;
  scopes: readonly Scope[];
  chosen: number | undefined;
  onChoose: (text: string) => void;
  cursor: number | undefined;
}

function Chooser({ name, scopes, chosen, onChoose, cursor }: ChooserProps): ReactElement {
  const many = scopes.length > LISTED;
  const bad = many ? scopes.filter((scope) => ['failed', 'timedOut'].includes(statusAt(scope, cursor) ?? '')) : [];
  const listed = (many ? bad : scopes).slice(0, LISTED);
  return (
    <div className="row">
      <span className="muted ellipsis">{name}</span>
      <span className="row tight">
        {many && (
          <input className="input number" type="number" min={0} max={scopes.length - 1} aria-label={`Item of ${name}`} placeholder="Item" value={chosen ?? ''} onChange={(event) => onChoose(event.target.value)} />
        )}
        <select className="select fit" aria-label={name} value={chosen ?? ''} onChange={(event) => onChoose(event.target.value)}>
          <option value="">all {scopes.length.toLocaleString()} items</option>
          {many && chosen !== undefined && !listed.some((scope) => scope.index === chosen) && <option value={chosen}>item {chosen}</option>}
          {listed.map((scope) => (
            <option key={scope.index} value={scope.index}>
              {scopeLabel(scope, cursor)}
            </option>
          ))}
        </select>
      </span>
    </div>
  );
}

function scopeLabel(scope: Scope, cursor: number | undefined): string {
  const status = statusAt(scope, cursor);
  return `item ${scope.index}${status ? ` – ${STATUS_NAME[status].toLowerCase()}` : ''}`;
}
