/** Runs the state alone (TestState) and shows every stage of its data flow. */
import { type ReactElement, useState } from 'react';
import { call } from '../../api/client.ts';
import type { TestStateInput, TestStateOutput } from '../../api/operations.ts';
import { ErrorNotice, StatusPill } from '../../ui/basics.tsx';
import type { Status } from '../../history/status.ts';
import { Icon } from '../../ui/icons.tsx';
import { JsonView } from '../../ui/json.tsx';
import { CliButton } from '../../ui/overlay.tsx';
import { DEFAULT_ROLE } from '../examples.ts';
import type { Edited } from './Inspector.tsx';

type MockKind = 'none' | 'result' | 'error';

/** The order in which data flows; a stage that the state does not have is not answered. */
const STAGES: [string, string][] = [
  ['input', 'Input'],
  ['afterInputPath', 'After InputPath'],
  ['afterParameters', 'After Parameters'],
  ['afterArguments', 'After Arguments'],
  ['afterItemsPath', 'After ItemsPath'],
  ['afterItemsPointer', 'After ItemsPointer'],
  ['afterItemSelector', 'After ItemSelector'],
  ['afterItemBatcher', 'After ItemBatcher'],
  ['result', 'Result'],
  ['afterResultSelector', 'After ResultSelector'],
  ['afterResultPath', 'After ResultPath'],
  ['variables', 'Variables'],
];

const STATUS: Record<string, Status> = { SUCCEEDED: 'succeeded', FAILED: 'failed', RETRIABLE: 'retrying', CAUGHT_ERROR: 'caught' };

/** Inputs stay while other states are looked at. */
const remembered = { input: '{}', variables: '' };

export function TestPanel({ edited }: { edited: Edited }): ReactElement {
  const [input, setInput] = useState(remembered.input);
  const [variables, setVariables] = useState(remembered.variables);
  const [mock, setMock] = useState<MockKind>('none');
  const [result, setResult] = useState('{}');
  const [failure, setFailure] = useState({ error: 'States.TaskFailed', cause: '' });
  const [answer, setAnswer] = useState<TestStateOutput>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const mockable = edited.type === 'Task' || edited.type === 'Map' || edited.type === 'Parallel';
  const request: TestStateInput = {
    definition: edited.session.json(),
    stateName: String(edited.path.at(-1)),
    roleArn: DEFAULT_ROLE,
    input,
    inspectionLevel: 'TRACE',
    ...(variables.trim() ? { variables } : {}),
    ...(mockable && mock === 'result' ? { mock: { result, fieldValidationMode: 'NONE' } } : {}),
    ...(mockable && mock === 'error' ? { mock: { errorOutput: failure } } : {}),
  };
  const run = async () => {
    Object.assign(remembered, { input, variables });
    setBusy(true);
    setError(undefined);
    try {
      setAnswer(await call('TestState', request));
    } catch (caught) {
      setAnswer(undefined);
      setError(caught);
    }
    setBusy(false);
  };
  return (
    <div className="stack">
      <label className="field">
        <span className="field-label">Input</span>
        <textarea className="textarea compact" rows={4} spellCheck={false} value={input} onChange={(event) => setInput(event.target.value)} />
      </label>
      <label className="field">
        <span className="field-label">Variables (optional)</span>
        <textarea className="textarea compact" rows={1} spellCheck={false} placeholder='{"name": "value"}' value={variables} onChange={(event) => setVariables(event.target.value)} />
      </label>
      {mockable && (
        <fieldset className="mock">
          <legend className="field-label">The call</legend>
          {([['none', 'is made'], ['result', 'is mocked: it succeeds'], ['error', 'is mocked: it fails']] as const).map(([kind, label]) => (
            <label key={kind} className="check">
              <input type="radio" name="mock" checked={mock === kind} onChange={() => setMock(kind)} />
              {label}
            </label>
          ))}
          {mock === 'result' && <textarea className="textarea compact" aria-label="Mocked result" rows={3} spellCheck={false} value={result} onChange={(event) => setResult(event.target.value)} />}
          {mock === 'error' && (
            <>
              <input className="input mono" aria-label="Mocked error" value={failure.error} onChange={(event) => setFailure({ ...failure, error: event.target.value })} />
              <input className="input" aria-label="Mocked cause" placeholder="Cause" value={failure.cause} onChange={(event) => setFailure({ ...failure, cause: event.target.value })} />
            </>
          )}
        </fieldset>
      )}
      <div className="row wrap">
        <button type="button" className="button primary" disabled={busy} onClick={() => void run()}>
          <Icon name="flask" />
          Test state
        </button>
        <CliButton operation="TestState" input={{ ...request }} />
      </div>
      {error !== undefined && <ErrorNotice error={error} />}
      {answer && <Answer answer={answer} />}
    </div>
  );
}

function Answer({ answer }: { answer: TestStateOutput }): ReactElement {
  const data = answer.inspectionData ?? {};
  const http = (['request', 'response'] as const).filter((key) => data[key] !== undefined);
  return (
    <section className="stack" aria-label="Result of the test">
      <div className="row wrap" role="status">
        <StatusPill status={STATUS[answer.status ?? ''] ?? 'failed'} />
        {answer.nextState && <span className="muted">then {answer.nextState}</span>}
      </div>
      {answer.error !== undefined && <pre className="cause">{`${answer.error}\n${answer.cause ?? ''}`}</pre>}
      {STAGES.filter(([key]) => typeof data[key] === 'string').map(([key, title]) => (
        <details key={key} className="group">
          <summary>{title}</summary>
          <JsonView text={String(data[key])} label={title} />
        </details>
      ))}
      {http.map((key) => (
        <details key={key} className="group">
          <summary>{key === 'request' ? 'HTTP request' : 'HTTP response'}</summary>
          <JsonView text={JSON.stringify(data[key])} label={key} />
        </details>
      ))}
      {answer.output !== undefined && (
        <>
          <h3>Output</h3>
          <JsonView text={answer.output} label="Tested output" />
        </>
      )}
    </section>
  );
}
