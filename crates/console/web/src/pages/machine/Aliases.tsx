/** Aliases: names that route new executions to one version, or to two by weight. */
import { useQueries, useQuery } from '@tanstack/react-query';
import { type ReactElement, useId, useState } from 'react';
import { nameOf } from '../../api/arn.ts';
import { call } from '../../api/client.ts';
import type { Alias, MachineType, RoutingItem } from '../../api/operations.ts';
import { useRefresh } from '../../api/queries.ts';
import { Empty, Time } from '../../ui/basics.tsx';
import { CallDialog, Confirm } from '../../ui/overlay.tsx';
import { type Column, ListCard } from '../../ui/table.tsx';
import { StartDialog } from '../StartDialog.tsx';

type Open = { kind: 'edit'; alias?: Alias } | { kind: 'delete' | 'start'; alias: Alias };

const ACTIONS = { start: 'Start', edit: 'Edit', delete: 'Delete' } as const;

function routesText({ routingConfiguration }: Alias): string {
  return routingConfiguration.map((route) => `version ${nameOf(route.stateMachineVersionArn)}: ${route.weight} %`).join(', ');
}

export function Aliases({ arn, type }: { arn: string; type: MachineType }): ReactElement {
  const aliases = useQuery({ queryKey: ['aliases', arn], queryFn: ({ signal }) => call('ListStateMachineAliases', { stateMachineArn: arn, maxResults: 100 }, signal) });
  const details = useQueries({
    queries: (aliases.data?.stateMachineAliases ?? []).map(({ stateMachineAliasArn }) => ({
      queryKey: ['alias', stateMachineAliasArn],
      queryFn: () => call('DescribeStateMachineAlias', { stateMachineAliasArn }),
    })),
  });
  const [open, setOpen] = useState<Open>();
  const create = (
    <button type="button" className="button" onClick={() => setOpen({ kind: 'edit' })}>
      Create alias
    </button>
  );
  const empty = aliases.data?.stateMachineAliases.length === 0 && (
    <Empty icon="tag" title="No aliases yet" actions={create}>
      Publish a version first, then give it a name that callers can start.
    </Empty>
  );
  const columns: Column<Alias>[] = [
    { title: 'Alias', kind: 'name', cell: (alias) => alias.name },
    { title: 'Routes to', cell: routesText },
    { title: 'Updated', kind: 'minor', cell: (alias) => <Time at={alias.updateDate ?? alias.creationDate} /> },
    {
      title: 'Actions',
      kind: 'actions',
      cell: (alias) =>
        (['start', 'edit', 'delete'] as const).map((kind) => (
          <button key={kind} type="button" className={`button small ${kind === 'delete' ? 'danger' : ''}`} aria-label={`${ACTIONS[kind]} ${alias.name}`} onClick={() => setOpen({ kind, alias })}>
            {ACTIONS[kind]}
          </button>
        )),
    },
  ];
  const close = () => setOpen(undefined);
  return (
    <ListCard label="Aliases" hint="An alias can split new executions between two versions." add={create} query={aliases} empty={empty} columns={columns} rows={details.flatMap((each) => each.data ?? [])} keyOf={(alias) => alias.stateMachineAliasArn}>
      {open?.kind === 'edit' && <EditAlias arn={arn} alias={open.alias} onClose={close} />}
      {open?.kind === 'start' && <StartDialog arn={open.alias.stateMachineAliasArn} type={type} onClose={close} />}
      {open?.kind === 'delete' && <DeleteAlias alias={open.alias} onClose={close} />}
    </ListCard>
  );
}

function EditAlias({ arn, alias, onClose }: { arn: string; alias: Alias | undefined; onClose: () => void }): ReactElement {
  const first = alias?.routingConfiguration[0];
  const second = alias?.routingConfiguration[1];
  const [name, setName] = useState(alias?.name ?? '');
  const [versions, setVersions] = useState<[string, string]>([first ? nameOf(first.stateMachineVersionArn) : '1', second ? nameOf(second.stateMachineVersionArn) : '']);
  const [weight, setWeight] = useState(first?.weight ?? 100);
  const refresh = useRefresh();
  const id = useId();
  const routes: RoutingItem[] = [{ stateMachineVersionArn: `${arn}:${versions[0]}`, weight: versions[1] ? weight : 100 }];
  if (versions[1]) routes.push({ stateMachineVersionArn: `${arn}:${versions[1]}`, weight: 100 - weight });
  const save = async () => {
    if (alias) await call('UpdateStateMachineAlias', { stateMachineAliasArn: alias.stateMachineAliasArn, routingConfiguration: routes });
    else await call('CreateStateMachineAlias', { name, routingConfiguration: routes });
    refresh('aliases', 'alias');
  };
  const input = alias ? { stateMachineAliasArn: alias.stateMachineAliasArn, routingConfiguration: routes } : { name, routingConfiguration: routes };
  return (
    <Confirm title={alias ? `Route ${alias.name}` : 'Create alias'} action="Save" operation={alias ? 'UpdateStateMachineAlias' : 'CreateStateMachineAlias'} input={input} onClose={onClose} onConfirm={save}>
      {!alias && (
        <label className="field">
          <span className="field-label">Name</span>
          <input className="input" value={name} maxLength={80} onChange={(event) => setName(event.target.value)} />
        </label>
      )}
      <div className="row">
        {([0, 1] as const).map((index) => (
          <label key={index} className="field grow">
            <span className="field-label">{index === 0 ? 'Version' : 'Second version (optional)'}</span>
            <input className="input" inputMode="numeric" value={versions[index]} onChange={(event) => setVersions(index === 0 ? [event.target.value, versions[1]] : [versions[0], event.target.value])} />
          </label>
        ))}
      </div>
      {versions[1] && (
        <div className="field">
          <label className="field-label" htmlFor={id}>
            {`${weight} % to version ${versions[0]}, ${100 - weight} % to version ${versions[1]}`}
          </label>
          <input id={id} type="range" min={0} max={100} value={weight} onChange={(event) => setWeight(Number(event.target.value))} />
        </div>
      )}
    </Confirm>
  );
}

function DeleteAlias({ alias, onClose }: { alias: Alias; onClose: () => void }): ReactElement {
  const input = { stateMachineAliasArn: alias.stateMachineAliasArn };
  return (
    <CallDialog
      title={`Delete alias ${alias.name}?`}
      action={`Delete ${alias.name}`}
      danger
      operation="DeleteStateMachineAlias"
      input={input}
      onClose={onClose}
      renews={['aliases']}
    >
      <p>Executions that it started go on.</p>
    </CallDialog>
  );
}
