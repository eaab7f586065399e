/** Retriers and catchers of a state. */
import type { ReactElement } from 'react';
import { asArray, isObject, type Json, type JsonObject, type Path } from '../../asl/types.ts';
import { Icon } from '../../ui/icons.tsx';
import { TargetSelect } from './ChoiceRules.tsx';
import type { Edited } from './Inspector.tsx';
import { FieldInput, JsonInput } from './inputs.tsx';

function errorsOf(value: Json | undefined): string {
  return asArray(value).map(String).join(', ');
}

function splitErrors(text: Json | undefined): string[] {
  return String(text ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean);
}

interface HandlersProps {
  edited: Edited;
  list: 'Retry' | 'Catch';
  title: string;
  fresh: JsonObject;
  children: (item: JsonObject, path: Path) => ReactElement;
}

function Handlers({ edited, list, title, fresh, children }: HandlersProps): ReactElement {
  const items = asArray(edited.state[list]);
  const add = () => {
    const path = [...edited.path, list];
    edited.session.apply([edited.state[list] === undefined ? { op: 'set', path, value: [fresh] } : { op: 'set', path: [...path, items.length], value: fresh }]);
  };
  return (
    <section className="stack tight" aria-label={title}>
      <h3>{title}</h3>
      {items.map((item, index) => (
        <details key={index} className="rule" open>
          <summary>
            <span className="grow ellipsis">{isObject(item) ? errorsOf(item['ErrorEquals']) || 'No errors named' : 'Not an object'}</span>
          </summary>
          <div className="stack tight">
            {isObject(item) && (
              <FieldInput
                field={{ name: 'ErrorEquals', kind: 'path', label: 'Errors', hint: 'Separated by commas; States.ALL is any' }}
                value={errorsOf(item['ErrorEquals'])}
                onChange={(value) => edited.set([list, index, 'ErrorEquals'], splitErrors(value))}
              />
            )}
            {isObject(item) && children(item, [list, index])}
            <div className="row end">
              <button type="button" className="button small danger" onClick={() => edited.session.apply([{ op: 'remove', path: [...edited.path, list, index] }])}>
                Remove
              </button>
            </div>
          </div>
        </details>
      ))}
      <div className="row">
        <button type="button" className="button small" onClick={add}>
          <Icon name="plus" size={13} />
          {list === 'Retry' ? 'Add retrier' : 'Add catcher'}
        </button>
      </div>
    </section>
  );
}

const RETRY_FIELDS = [
  { name: 'IntervalSeconds', kind: 'number', label: 'First wait in seconds' },
  { name: 'MaxAttempts', kind: 'number', label: 'Attempts at most' },
  { name: 'BackoffRate', kind: 'number', label: 'Backoff rate' },
  { name: 'MaxDelaySeconds', kind: 'number', label: 'Longest wait in seconds' },
  { name: 'JitterStrategy', kind: 'choice', label: 'Jitter', options: ['NONE', 'FULL'] },
] as const;

export function Retriers({ edited }: { edited: Edited }): ReactElement {
  return (
    <Handlers edited={edited} list="Retry" title="Retry" fresh={{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 2 }}>
      {(item, path) => (
        <div className="pairs">
          {RETRY_FIELDS.map((field) => (
            <FieldInput key={field.name} field={field} value={item[field.name]} onChange={(value) => edited.set([...path, field.name], value)} />
          ))}
        </div>
      )}
    </Handlers>
  );
}

export function Catchers({ edited }: { edited: Edited }): ReactElement {
  const next = edited.targets.find((name) => name !== edited.path.at(-1)) ?? '';
  return (
    <Handlers edited={edited} list="Catch" title="Catch" fresh={{ ErrorEquals: ['States.ALL'], Next: next }}>
      {(item, path) => (
        <>
          <TargetSelect label="Go to" value={item['Next']} edited={edited} onChange={(value) => edited.set([...path, 'Next'], value)} />
          {edited.jsonata ? (
            <JsonInput field={{ name: 'Output', kind: 'json', label: 'Output' }} value={item['Output']} onChange={(value) => edited.set([...path, 'Output'], value)} />
          ) : (
            <FieldInput field={{ name: 'ResultPath', kind: 'path', label: 'Result path' }} value={item['ResultPath']} onChange={(value) => edited.set([...path, 'ResultPath'], value)} />
          )}
          <JsonInput field={{ name: 'Assign', kind: 'json', label: 'Assign' }} value={item['Assign']} onChange={(value) => edited.set([...path, 'Assign'], value)} />
        </>
      )}
    </Handlers>
  );
}
