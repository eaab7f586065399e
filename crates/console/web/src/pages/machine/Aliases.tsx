/** Aliases: names that route new executions to one version, or to two by weight. */
import { useQueries, useQuery } from '@tanstack/react-query';
import { type ReactElement, useId, useState } from 'react';
import { nameOf } from '../../api/arn.ts';
import { call } from '../../api/client.ts';
import type { Alias, RoutingItem } from '../../api/operations.ts';
import { useRefresh } from '../../api/queries.ts';
import { Empty, ErrorNotice, Loading, Time } from '../../ui/basics.tsx';
import { Confirm } from '../../ui/overlay.tsx';
import { StartDialog } from '../StartDialog.tsx';

type Open = { kind: 'edit'; alias?: Alias } | { kind: 'delete' | 'start'; alias: Alias };

export function Aliases({ arn }: { arn: string }): ReactElement {
  const aliases = useQuery({ queryKey: ['aliases', arn], queryFn: ({ signal }) => call('ListStateMachineAliases', { stateMachineArn: arn, maxResults: 100 }, signal) });
  const details = useQueries({
    queries: (aliases.data?.stateMachineAliases ?? []).map(({ stateMachineAliasArn }) => ({
      queryKey: ['alias', stateMachineAliasArn],
      queryFn: () => call('DescribeStateMachineAlias', { stateMachineAliasArn }),
    })),
  });
  const [open, setOpen] = useState<Open>();
  const list = details.flatMap((each) => each.data ?? []);
  const create = (
    <button type="button" className="button" onClick={() => setOpen({ kind: 'edit' })}>
      Create alias
    </button>
  );
  const close = () => setOpen(undefined);
  return (
    <section className="card" aria-label="Aliases">
      <div className="card-head">
        <span className="muted grow">An alias can split new executions between two versions.</span>
        {list.length > 0 && create}
      </div>
      {aliases.error && <ErrorNotice error={aliases.error} />}
      {aliases.isPending && <Loading />}
      {aliases.data?.stateMachineAliases.length === 0 && (
        <Empty icon="tag" title="No aliases yet" actions={create}>
          Publish a version first, then give it a name that callers can start.
        </Empty>
      )}
      {list.length > 0 && <AliasTable list={list} onOpen={setOpen} />}
      {open?.kind === 'edit' && <EditAlias arn={arn} alias={open.alias} onClose={close} />}
      {open?.kind === 'start' && <StartDialog arn={open.alias.stateMachineAliasArn} type="STANDARD" onClose={close} />}
      {open?.kind === 'delete' && <DeleteAlias alias={open.alias} onClose={close} />}
    </section>
  );
}

function AliasTable({ list, onOpen }: { list: Alias[]; onOpen: (open: Open) => void }): ReactElement {
  return (
    <div className="table-wrap" tabIndex={0} role="region" aria-label="Aliases, scrollable">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Alias</th>
            <th scope="col">Routes to</th>
            <th scope="col">Updated</th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {list.map((alias) => (
            <tr key={alias.stateMachineAliasArn}>
              <td className="name">{alias.name}</td>
              <td>{alias.routingConfiguration.map((route) => `version ${nameOf(route.stateMachineVersionArn)}: ${route.weight} %`).join(', ')}</td>
              <td>
                <Time at={alias.updateDate ?? alias.creationDate} />
              </td>
              <td className="actions">
                <div className="row end">
                  {(['start', 'edit', 'delete'] as const).map((kind) => (
                    <button key={kind} type="button" className={`button small ${kind === 'delete' ? 'danger' : ''}`} aria-label={`${kind} ${alias.name}`} onClick={() => onOpen({ kind, alias })}>
                      {{ start: 'Start', edit: 'Edit', delete: 'Delete' }[kind]}
                    </button>
                  ))}
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
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
  const refresh = useRefresh();
  const input = { stateMachineAliasArn: alias.stateMachineAliasArn };
  return (
    <Confirm
      title={`Delete alias ${alias.name}?`}
      action={`Delete ${alias.name}`}
      danger
      operation="DeleteStateMachineAlias"
      input={input}
      onClose={onClose}
      onConfirm={async () => {
        await call('DeleteStateMachineAlias', input);
        refresh('aliases');
      }}
    >
      <p>Executions that it started go on.</p>
    </Confirm>
  );
}
