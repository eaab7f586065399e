/** What can be done with an execution. */
import { type ReactElement, useState } from 'react';
import { machineArnOf } from '../../api/arn.ts';
import type { Execution } from '../../api/operations.ts';
import { navigate, paths } from '../../router.tsx';
import { Icon } from '../../ui/icons.tsx';
import { CallDialog } from '../../ui/overlay.tsx';
import { StartDialog } from '../StartDialog.tsx';

export function Actions({ execution }: { execution: Execution }): ReactElement {
  const [dialog, setDialog] = useState<'stop' | 'redrive' | 'start'>();
  const close = () => setDialog(undefined);
  const running = execution.status === 'RUNNING';
  const redrivable = execution.redriveStatus === 'REDRIVABLE';
  return (
    <div className="row wrap">
      <button type="button" className="button plain" onClick={() => navigate(paths.editor(machineArnOf(execution.executionArn)))}>
        <Icon name="edit" />
        <span>
          Edit<span className="wide-only"> machine</span>
        </span>
      </button>
      {running && (
        <button type="button" className="button danger" onClick={() => setDialog('stop')}>
          <Icon name="stop" />
          Stop
        </button>
      )}
      {!running && execution.status !== 'SUCCEEDED' && (
        <button type="button" className="button" disabled={!redrivable} title={execution.redriveStatusReason} onClick={() => setDialog('redrive')}>
          <Icon name="redrive" />
          Redrive
        </button>
      )}
      <button type="button" className="button primary" onClick={() => setDialog('start')}>
        <Icon name="play" />
        New execution
      </button>
      {dialog === 'start' && <StartDialog arn={machineArnOf(execution.executionArn)} type="STANDARD" input={execution.input} onClose={close} />}
      {dialog === 'stop' && <StopDialog execution={execution} onClose={close} />}
      {dialog === 'redrive' && <RedriveDialog execution={execution} onClose={close} />}
    </div>
  );
}

function StopDialog({ execution, onClose }: { execution: Execution; onClose: () => void }): ReactElement {
  const [error, setError] = useState('');
  const [cause, setCause] = useState('');
  const input = { executionArn: execution.executionArn, ...(error ? { error } : {}), ...(cause ? { cause } : {}) };
  return (
    <CallDialog
      title={`Stop ${execution.name}?`}
      action="Stop execution"
      danger
      operation="StopExecution"
      input={input}
      onClose={onClose}
      renews={['execution']}
    >
      <label className="field">
        <span className="field-label">Error (optional)</span>
        <input className="input" maxLength={256} value={error} onChange={(event) => setError(event.target.value)} />
      </label>
      <label className="field">
        <span className="field-label">Cause (optional)</span>
        <input className="input" value={cause} onChange={(event) => setCause(event.target.value)} />
      </label>
    </CallDialog>
  );
}

function RedriveDialog({ execution, onClose }: { execution: Execution; onClose: () => void }): ReactElement {
  const input = { executionArn: execution.executionArn };
  return (
    <CallDialog
      title={`Redrive ${execution.name}?`}
      action="Redrive"
      operation="RedriveExecution"
      input={input}
      onClose={onClose}
      renews={['execution']}
    >
      <p>It goes on from where it failed, with the definition and the input it had. What succeeded is not run again.</p>
    </CallDialog>
  );
}
