/** Published versions: publish the current revision, compare one with it, start or delete one. */
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { nameOf } from '../../api/arn.ts';
import { call } from '../../api/client.ts';
import { useMachine, useRefresh } from '../../api/queries.ts';
import { Link, paths } from '../../router.tsx';
import { Empty, ErrorNotice, Loading, Time } from '../../ui/basics.tsx';
import { diffLines } from '../../ui/diff.ts';
import { pretty } from '../../ui/json.tsx';
import { Confirm, Dialog } from '../../ui/overlay.tsx';

interface VersionsProps {
  arn: string;
  revisionId: string | undefined;
  definition: string;
}

export function Versions({ arn, revisionId, definition }: VersionsProps): ReactElement {
  const versions = useQuery({ queryKey: ['versions', arn], queryFn: ({ signal }) => call('ListStateMachineVersions', { stateMachineArn: arn, maxResults: 100 }, signal) });
  const [dialog, setDialog] = useState<{ kind: 'publish' } | { kind: 'compare' | 'delete'; arn: string }>();
  const list = versions.data?.stateMachineVersions ?? [];
  const publish = (
    <button type="button" className="button" onClick={() => setDialog({ kind: 'publish' })}>
      Publish version
    </button>
  );
  const close = () => setDialog(undefined);
  return (
    <section className="card" aria-label="Versions">
      <div className="card-head">
        <span className="muted grow">A version is a snapshot that never changes.</span>
        {list.length > 0 && publish}
      </div>
      {versions.error && <ErrorNotice error={versions.error} />}
      {versions.isPending && <Loading />}
      {versions.data && list.length === 0 && (
        <Empty icon="tag" title="No versions yet" actions={publish}>
          Publish the current revision to start, route to or compare with exactly this definition later.
        </Empty>
      )}
      {list.length > 0 && (
        <div className="table-wrap" tabIndex={0} role="region" aria-label="Versions, scrollable">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Version</th>
                <th scope="col">Published</th>
                <th scope="col">
                  <span className="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {list.map((version) => (
                <tr key={version.stateMachineVersionArn}>
                  <td>
                    <Link className="name" to={paths.machine(version.stateMachineVersionArn)}>
                      {nameOf(version.stateMachineVersionArn)}
                    </Link>
                  </td>
                  <td>
                    <Time at={version.creationDate} />
                  </td>
                  <td className="actions">
                    <div className="row end">
                      <button type="button" className="button small" onClick={() => setDialog({ kind: 'compare', arn: version.stateMachineVersionArn })}>
                        Compare with current
                      </button>
                      <button type="button" className="button small danger" onClick={() => setDialog({ kind: 'delete', arn: version.stateMachineVersionArn })}>
                        Delete
                      </button>
                    </div>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {dialog?.kind === 'publish' && <PublishDialog arn={arn} revisionId={revisionId} onClose={close} />}
      {dialog?.kind === 'compare' && <CompareDialog arn={dialog.arn} current={definition} onClose={close} />}
      {dialog?.kind === 'delete' && <DeleteVersion arn={dialog.arn} onClose={close} />}
    </section>
  );
}

function PublishDialog({ arn, revisionId, onClose }: { arn: string; revisionId: string | undefined; onClose: () => void }): ReactElement {
  const [description, setDescription] = useState('');
  const refresh = useRefresh();
  const input = { stateMachineArn: arn, ...(revisionId ? { revisionId } : {}), ...(description ? { description } : {}) };
  return (
    <Confirm
      title="Publish the current revision?"
      action="Publish version"
      operation="PublishStateMachineVersion"
      input={input}
      onClose={onClose}
      onConfirm={async () => {
        await call('PublishStateMachineVersion', input);
        refresh('versions');
      }}
    >
      <label className="field">
        <span className="field-label">Description</span>
        <input className="input" maxLength={256} value={description} onChange={(event) => setDescription(event.target.value)} />
      </label>
    </Confirm>
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
  const refresh = useRefresh();
  const input = { stateMachineVersionArn: arn };
  return (
    <Confirm
      title={`Delete version ${nameOf(arn)}?`}
      action={`Delete version ${nameOf(arn)}`}
      danger
      operation="DeleteStateMachineVersion"
      input={input}
      onClose={onClose}
      onConfirm={async () => {
        await call('DeleteStateMachineVersion', input);
        refresh('versions');
      }}
    >
      <p>Executions that it started go on. Its number is not used again.</p>
    </Confirm>
  );
}
