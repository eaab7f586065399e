/** Published versions: publish the current revision, compare one with it, start or delete one. */
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { nameOf } from '../../api/arn.ts';
import { call } from '../../api/client.ts';
import type { MachineType } from '../../api/operations.ts';
import { useMachine } from '../../api/queries.ts';
import { Link, paths } from '../../router.tsx';
import { Empty, ErrorNotice, Loading, Time } from '../../ui/basics.tsx';
import { diffLines } from '../../ui/diff.ts';
import { pretty } from '../../ui/json.tsx';
import { CallDialog, Dialog } from '../../ui/overlay.tsx';
import { type Column, ListCard } from '../../ui/table.tsx';
import { StartDialog } from '../StartDialog.tsx';

const ACTIONS = { start: 'Start', compare: 'Compare', delete: 'Delete' } as const;

interface Version {
  stateMachineVersionArn: string;
  creationDate: number;
}

interface VersionsProps {
  arn: string;
  type: MachineType;
  revisionId: string | undefined;
  definition: string;
}

export function Versions({ arn, type, revisionId, definition }: VersionsProps): ReactElement {
  const versions = useQuery({ queryKey: ['versions', arn], queryFn: ({ signal }) => call('ListStateMachineVersions', { stateMachineArn: arn, maxResults: 100 }, signal) });
  const [dialog, setDialog] = useState<{ kind: 'publish' } | { kind: 'start' | 'compare' | 'delete'; arn: string }>();
  const publish = (
    <button type="button" className="button" onClick={() => setDialog({ kind: 'publish' })}>
      Publish version
    </button>
  );
  const empty = (
    <Empty icon="tag" title="No versions yet" actions={publish}>
      Publish the current revision to start, route to or compare with exactly this definition later.
    </Empty>
  );
  const columns: Column<Version>[] = [
    {
      title: 'Version',
      kind: 'name',
      cell: ({ stateMachineVersionArn: version }) => <Link to={paths.machine(version)}>{nameOf(version)}</Link>,
    },
    { title: 'Published', cell: (version) => <Time at={version.creationDate} /> },
    {
      title: 'Actions',
      kind: 'actions',
      cell: ({ stateMachineVersionArn: version }) =>
        (['start', 'compare', 'delete'] as const).map((kind) => (
          <button key={kind} type="button" className={`button small ${kind === 'delete' ? 'danger' : ''}`} aria-label={`${ACTIONS[kind]} version ${nameOf(version)}`} onClick={() => setDialog({ kind, arn: version })}>
            {ACTIONS[kind]}
          </button>
        )),
    },
  ];
  const close = () => setDialog(undefined);
  return (
    <ListCard label="Versions" hint="A version is a snapshot that never changes." add={publish} query={versions} empty={empty} columns={columns} rows={versions.data?.stateMachineVersions ?? []} keyOf={(version) => version.stateMachineVersionArn}>
      {dialog?.kind === 'publish' && <PublishDialog arn={arn} revisionId={revisionId} onClose={close} />}
      {dialog?.kind === 'start' && <StartDialog arn={dialog.arn} type={type} onClose={close} />}
      {dialog?.kind === 'compare' && <CompareDialog arn={dialog.arn} current={definition} onClose={close} />}
      {dialog?.kind === 'delete' && <DeleteVersion arn={dialog.arn} onClose={close} />}
    </ListCard>
  );
}

function PublishDialog({ arn, revisionId, onClose }: { arn: string; revisionId: string | undefined; onClose: () => void }): ReactElement {
  const [description, setDescription] = useState('');
  const input = { stateMachineArn: arn, ...(revisionId ? { revisionId } : {}), ...(description ? { description } : {}) };
  return (
    <CallDialog
      title="Publish the current revision?"
      action="Publish version"
      operation="PublishStateMachineVersion"
      input={input}
      onClose={onClose}
      renews={['versions']}
    >
      <label className="field">
        <span className="field-label">Description</span>
        <input className="input" maxLength={256} value={description} onChange={(event) => setDescription(event.target.value)} />
      </label>
    </CallDialog>
  );
}

function CompareDialog({ arn, current, onClose }: { arn: string; current: string; onClose: () => void }): ReactElement {
  const version = useMachine(arn);
  return (
    <Dialog title={`Version ${nameOf(arn)} and the current revision`} onClose={onClose}>
      {version.error && <ErrorNotice error={version.error} />}
      {version.isPending && <Loading />}
      {version.data && <Diff before={pretty(version.data.definition)} after={pretty(current)} />}
    </Dialog>
  );
}

function Diff({ before, after }: { before: string; after: string }): ReactElement {
  const lines = diffLines(before, after);
  if (lines.every((line) => line.kind === ' ')) return <p>They are the same.</p>;
  return (
    <div className="json">
      <pre className="diff" tabIndex={0} role="region" aria-label="Differences">
        {lines.map((line, index) => (
          <span key={index} className={line.kind === '+' ? 'added' : line.kind === '-' ? 'removed' : ''}>
            {`${line.kind} ${line.text}\n`}
          </span>
        ))}
      </pre>
    </div>
  );
}

function DeleteVersion({ arn, onClose }: { arn: string; onClose: () => void }): ReactElement {
  const input = { stateMachineVersionArn: arn };
  return (
    <CallDialog
      title={`Delete version ${nameOf(arn)}?`}
      action={`Delete version ${nameOf(arn)}`}
      danger
      operation="DeleteStateMachineVersion"
      input={input}
      onClose={onClose}
      renews={['versions']}
    >
      <p>Executions that it started go on. Its number is not used again.</p>
    </CallDialog>
  );
}
