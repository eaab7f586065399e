/** One state machine: its graph, its text, its runs, its versions and aliases. */
import { type ReactElement, useRef, useState } from 'react';
import { machineArnOf, nameOf } from '../../api/arn.ts';
import { useMachine, useTags } from '../../api/queries.ts';
import { Drawing } from '../../graph/Drawing.tsx';
import { ExportMenu } from '../../graph/ExportMenu.tsx';
import { useLayout } from '../../graph/useLayout.ts';
import { Viewport } from '../../graph/Viewport.tsx';
import { Link, navigate, paths, useParam } from '../../router.tsx';
import { CopyButton, ErrorPage, Loading, Time } from '../../ui/basics.tsx';
import { Icon } from '../../ui/icons.tsx';
import { JsonView } from '../../ui/json.tsx';
import { Menu } from '../../ui/overlay.tsx';
import { type Tab, Tabs } from '../../ui/tabs.tsx';
import { useTitle } from '../../ui/title.ts';
import { StartDialog } from '../StartDialog.tsx';
import { Aliases } from './Aliases.tsx';
import { DeleteMachine } from './DeleteMachine.tsx';
import { Executions } from './Executions.tsx';
import { TagsDialog } from './TagsDialog.tsx';
import { Versions } from './Versions.tsx';

const TABS = [
  { key: 'executions', label: 'Executions' },
  { key: 'graph', label: 'Graph' },
  { key: 'definition', label: 'Definition' },
  { key: 'versions', label: 'Versions' },
  { key: 'aliases', label: 'Aliases' },
] as const satisfies readonly Tab<string>[];
type TabKey = (typeof TABS)[number]['key'];

export function MachinePage({ arn }: { arn: string }): ReactElement {
  useTitle(nameOf(arn));
  const machine = useMachine(arn);
  const tags = useTags(machineArnOf(arn));
  const [tab, setTab] = useParam('tab');
  const [dialog, setDialog] = useState<'start' | 'delete' | 'tags'>();
  if (!machine.data) return machine.error ? <ErrorPage title={nameOf(arn)} error={machine.error} /> : <Loading />;
  const { data } = machine;
  const express = data.type === 'EXPRESS';
  const current: TabKey = TABS.find((each) => each.key === tab)?.key ?? (express ? 'graph' : 'executions');
  return (
    <div className="page">
      <div className="page-head">
        <div className="grow">
          <nav className="crumbs" aria-label="Breadcrumb">
            <Link to={paths.machines()}>State machines</Link>
          </nav>
          <h1>{data.name}</h1>
          <div className="row wrap meta">
            <span className="chip">{express ? 'Express' : 'Standard'}</span>
            {data.status === 'DELETING' && <span className="chip">Being deleted</span>}
            <span className="mono muted ellipsis arn">{arn}</span>
            <CopyButton text={arn} label="ARN" />
            {tags.data?.tags.map((each) => (
              <span key={each.key} className="chip">
                {each.value ? `${each.key}: ${each.value}` : each.key}
              </span>
            ))}
          </div>
        </div>
        <div className="row wrap">
          <Menu
            label="More actions"
            items={[
              { icon: 'tag', label: 'Edit tags', onSelect: () => setDialog('tags') },
              { icon: 'trash', label: 'Delete', onSelect: () => setDialog('delete') },
            ]}
          />
          <button type="button" className="button" onClick={() => navigate(paths.editor(machineArnOf(arn)))}>
            <Icon name="edit" />
            Edit
          </button>
          <button type="button" className="button primary" onClick={() => setDialog('start')}>
            <Icon name="play" />
            Start execution
          </button>
        </div>
      </div>
      <Tabs label="State machine" tabs={TABS} current={current} onChange={setTab} panelClass="tab-panel">
        {current === 'executions' && <Executions of={{ stateMachineArn: arn }} express={express} onStart={() => setDialog('start')} />}
        {current === 'graph' && <MachineGraph definition={data.definition} name={data.name} />}
        {current === 'definition' && (
          <div className="stack">
            <dl className="facts card card-body">
              <Fact term="Role">{data.roleArn}</Fact>
              <Fact term="Created">
                <Time at={data.creationDate} />
              </Fact>
              <Fact term="Revision">{data.revisionId ?? 'INITIAL'}</Fact>
              <Fact term="Logging">{data.loggingConfiguration?.level ?? 'OFF'}</Fact>
              <Fact term="Tracing">{data.tracingConfiguration?.enabled ? 'On' : 'Off'}</Fact>
            </dl>
            <JsonView text={data.definition} label="Definition" />
          </div>
        )}
        {current === 'versions' && <Versions arn={machineArnOf(arn)} type={data.type} revisionId={data.revisionId} definition={data.definition} />}
        {current === 'aliases' && <Aliases arn={machineArnOf(arn)} type={data.type} />}
      </Tabs>
      {dialog === 'start' && <StartDialog arn={arn} type={data.type} onClose={() => setDialog(undefined)} />}
      {dialog === 'delete' && <DeleteMachine arn={machineArnOf(arn)} onClose={() => setDialog(undefined)} />}
      {dialog === 'tags' && <TagsDialog arn={machineArnOf(arn)} tags={tags.data?.tags ?? []} onClose={() => setDialog(undefined)} />}
    </div>
  );
}

function Fact({ term, children }: { term: string; children: React.ReactNode }): ReactElement {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function MachineGraph({ definition, name }: { definition: string; name: string }): ReactElement {
  const drawn = useLayout(definition);
  const drawing = useRef<SVGGElement>(null);
  if (!drawn) return <Loading />;
  return (
    <div className="card graph-card">
      <Viewport width={drawn.layout.width} height={drawn.layout.height} label={`Graph of ${name}`} fitKey={definition} tools={<ExportMenu drawing={drawing} layout={drawn.layout} name={name} />}>
        <g ref={drawing}>
          <Drawing layout={drawn.layout} />
        </g>
      </Viewport>
    </div>
  );
}
