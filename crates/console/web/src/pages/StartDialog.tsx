/** Starts an execution: its input is checked as it is typed, and earlier inputs are at hand. */
import { type ReactElement, useId, useState } from 'react';
import { machineArnOf, nameOf } from '../api/arn.ts';
import { call } from '../api/client.ts';
import { useLogs } from '../api/logs.ts';
import type { MachineType } from '../api/operations.ts';
import { navigate, paths } from '../router.tsx';
import { pretty } from '../ui/json.tsx';
import { jsonProblem } from '../ui/json-problem.ts';
import { CliButton, Dialog } from '../ui/overlay.tsx';
import { ErrorNotice } from '../ui/basics.tsx';
import { JsonView } from '../ui/json.tsx';
import { StatusPill } from '../ui/basics.tsx';
import { statusOf } from '../history/status.ts';
import { LogLines } from './execution/LogLines.tsx';

interface StartDialogProps {
  /** A machine, a version or an alias. */
  arn: string;
  type: MachineType;
  input?: string | undefined;
  onClose: () => void;
}

/** What functions printed for an Express execution, which has no page of its own. */
function Printed({ arn, start, stop }: { arn: string; start: number; stop: number }): ReactElement | null {
  const { data: lines = [] } = useLogs(arn, stop, true);
  if (lines.length === 0) return null;
  return (
    <div className="stack tight">
      <h3>Logs</h3>
      <LogLines lines={lines} start={start} />
    </div>
  );
}

export function StartDialog({ arn, type, input: initial, onClose }: StartDialogProps): ReactElement {
  const [input, setInput] = useState(() => pretty(initial ?? '{}'));
  const [name, setName] = useState('');
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<Awaited<ReturnType<typeof call<'StartSyncExecution'>>>>();
  const problem = jsonProblem(input);
  const id = useId();
  const request = { stateMachineArn: arn, ...(name ? { name } : {}), input };
  const operation = type === 'EXPRESS' ? 'StartSyncExecution' : 'StartExecution';
  const start = async () => {
    setBusy(true);
    setError(undefined);
    try {
      if (type === 'EXPRESS') setAnswer(await call('StartSyncExecution', request));
      else {
        const { executionArn } = await call('StartExecution', request);
        onClose();
        navigate(paths.execution(executionArn));
      }
    } catch (caught) {
      setError(caught);
    }
    setBusy(false);
  };
  const footer = (
    <>
      <CliButton operation={operation} input={request} />
      <span className="grow" />
      <button type="button" className="button" onClick={onClose}>
        {answer ? 'Close' : 'Cancel'}
      </button>
      <button type="button" className="button primary" disabled={busy || problem !== undefined} onClick={() => void start()}>
        {answer ? 'Run again' : 'Start execution'}
      </button>
    </>
  );
  return (
    <Dialog title={`Start ${nameOf(arn) === nameOf(machineArnOf(arn)) ? nameOf(arn) : `${nameOf(machineArnOf(arn))}:${nameOf(arn)}`}`} onClose={onClose} footer={footer}>
      <div className="field">
        <label className="field-label" htmlFor={`${id}-input`}>
          Input
        </label>
        <textarea
          id={`${id}-input`}
          className="textarea start-input"
          spellCheck={false}
          value={input}
          aria-invalid={problem !== undefined}
          aria-describedby={`${id}-problem`}
          onChange={(event) => setInput(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !problem) void start();
          }}
        />
        <span id={`${id}-problem`} className={problem ? 'field-error' : 'field-hint'}>
          {problem ?? 'JSON. Ctrl+Enter starts.'}
        </span>
      </div>
      <div className="field">
        <label className="field-label" htmlFor={`${id}-name`}>
          Name <span className="muted">(optional)</span>
        </label>
        <input id={`${id}-name`} className="input" value={name} maxLength={80} placeholder="A unique name is made when this is empty" onChange={(event) => setName(event.target.value)} />
      </div>
      {error !== undefined && <ErrorNotice error={error} />}
      {answer && (
        <div className="stack">
          <StatusPill status={statusOf(answer.status)} />
          {answer.error && <p className="field-error">{`${answer.error}: ${answer.cause ?? ''}`}</p>}
          {answer.output !== undefined && <JsonView text={answer.output} label="Output" />}
          <Printed key={answer.executionArn} arn={answer.executionArn} start={answer.startDate} stop={answer.stopDate} />
        </div>
      )}
    </Dialog>
  );
}
