/** Approves or rejects a waiting task with a payload. */
import { type ReactElement, useState } from 'react';
import { AnswerOf } from '../../api/cli.ts';
import { call } from '../../api/client.ts';
import { useRefresh, type WaitingTask } from '../../api/queries.ts';
import { jsonProblem } from '../../ui/json-problem.ts';
import { JsonView } from '../../ui/json.tsx';
import { Confirm } from '../../ui/overlay.tsx';
import { toast } from '../../ui/toast.tsx';

const WORKER = 'stepwell-console';

export function AnswerDialog({ task, approve, onClose }: { task: WaitingTask; approve: boolean; onClose: () => void }): ReactElement {
  const [output, setOutput] = useState('{\n  "approved": true\n}');
  const [error, setError] = useState('Rejected');
  const [cause, setCause] = useState('');
  const refresh = useRefresh();
  const problem = approve ? jsonProblem(output) : undefined;
  // Once taken, an activity's task is nobody else's: a second try answers the same one.
  const [token, setToken] = useState(task.taskToken);
  const take = { activityArn: task.activityArn ?? '', workerName: WORKER };
  const taskToken = token || new AnswerOf('GetActivityTask', take, 'taskToken');
  const input = approve ? { taskToken, output } : { taskToken, error, cause };
  const answer = async () => {
    const taskToken = token || (await takeActivity(take));
    setToken(taskToken);
    if (approve) await call('SendTaskSuccess', { taskToken, output });
    else await call('SendTaskFailure', { taskToken, error, cause });
    refresh('tasks', 'execution');
    toast('ok', `${task.stateName} ${approve ? 'approved' : 'rejected'}`);
  };
  return (
    <Confirm
      title={`${approve ? 'Approve' : 'Reject'} ${task.stateName}`}
      action={approve ? 'Approve' : 'Reject'}
      danger={!approve}
      operation={approve ? 'SendTaskSuccess' : 'SendTaskFailure'}
      input={input}
      problem={problem}
      onClose={onClose}
      onConfirm={answer}
    >
      {task.input !== undefined && <JsonView text={task.input} label="Task input" />}
      {approve ? (
        <label className="field">
          <span className="field-label">Output (JSON)</span>
          <textarea className="textarea" spellCheck={false} value={output} aria-invalid={problem !== undefined} onChange={(event) => setOutput(event.target.value)} />
          {problem && <span className="field-error">{problem}</span>}
        </label>
      ) : (
        <>
          <label className="field">
            <span className="field-label">Error</span>
            <input className="input" maxLength={256} value={error} onChange={(event) => setError(event.target.value)} />
          </label>
          <label className="field">
            <span className="field-label">Cause</span>
            <textarea className="textarea" value={cause} onChange={(event) => setCause(event.target.value)} />
          </label>
        </>
      )}
    </Confirm>
  );
}

/** An activity's task has a token only once a worker has taken it; then that worker is us. */
async function takeActivity(input: { activityArn: string; workerName: string }): Promise<string> {
  const { taskToken } = await call('GetActivityTask', input);
  if (!taskToken) throw new Error('A worker has just taken this task');
  return taskToken;
}
