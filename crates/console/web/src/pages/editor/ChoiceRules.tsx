/** The rules of a Choice: in what order they are tried, what each asks, where it leads. */
import { type ReactElement, useId } from 'react';
import { conditionSummary } from '../../asl/condition.ts';
import type { Change } from '../../asl/document.ts';
import { asArray, asString, isObject, type Json, type JsonObject, type Path } from '../../asl/types.ts';
import { Icon } from '../../ui/icons.tsx';
import type { Edited } from './Inspector.tsx';
import { FieldInput, JsonInput } from './inputs.tsx';

const COMPARED = ['Equals', 'LessThan', 'GreaterThan', 'LessThanEquals', 'GreaterThanEquals'];
const OPERATORS = [
  ...['String', 'Numeric', 'Timestamp'].flatMap((type) => COMPARED.flatMap((each) => [`${type}${each}`, `${type}${each}Path`])),
  'BooleanEquals',
  'BooleanEqualsPath',
  'StringMatches',
  'IsNull',
  'IsPresent',
  'IsNumeric',
  'IsString',
  'IsBoolean',
  'IsTimestamp',
];

export function TargetSelect({ label, value, edited, onChange, optional = false }: { label: string; value: Json | undefined; edited: Edited; onChange: (target: string | undefined) => void; optional?: boolean }): ReactElement {
  const id = useId();
  const current = asString(value) ?? '';
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <select id={id} className="select" value={current} onChange={(event) => onChange(event.target.value || undefined)}>
        {(optional || current === '') && <option value="">{optional ? 'None' : 'Not chosen'}</option>}
        {current !== '' && !edited.targets.includes(current) && <option value={current}>{current} (does not exist)</option>}
        {edited.targets.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </div>
  );
}

export function ChoiceRules({ edited }: { edited: Edited }): ReactElement {
  const rules = asArray(edited.state['Choices']);
  const add = () => {
    const next = edited.targets.find((name) => name !== edited.path.at(-1)) ?? '';
    const rule: JsonObject = edited.jsonata ? { Condition: '{% $states.input.value = 1 %}', Next: next } : { Variable: '$.value', NumericEquals: 1, Next: next };
    const path = [...edited.path, 'Choices'];
    edited.session.apply([edited.state['Choices'] === undefined ? { op: 'set', path, value: [rule], before: 'Default' } : { op: 'set', path: [...path, rules.length], value: rule }]);
  };
  const move = (index: number, by: number) => {
    const next = [...rules];
    const [rule] = next.splice(index, 1);
    if (rule === undefined) return;
    next.splice(index + by, 0, rule);
    edited.session.apply([{ op: 'set', path: [...edited.path, 'Choices'], value: next }]);
  };
  return (
    <section className="stack tight" aria-label="Rules">
      <h3>Rules</h3>
      {rules.map((rule, index) => (
        <details key={index} className="rule" open={rules.length < 3}>
          <summary>
            <span className="grow ellipsis">{conditionSummary(rule)}</span>
          </summary>
          <div className="stack tight">
            {isObject(rule) ? <Rule edited={edited} rule={rule} path={['Choices', index]} /> : <p className="field-error">Not an object</p>}
            <div className="row end">
              <button type="button" className="button small" disabled={index === 0} onClick={() => move(index, -1)}>
                Earlier
              </button>
              <button type="button" className="button small" disabled={index === rules.length - 1} onClick={() => move(index, 1)}>
                Later
              </button>
              <button type="button" className="button small danger" onClick={() => edited.session.apply([{ op: 'remove', path: [...edited.path, 'Choices', index] }])}>
                Remove
              </button>
            </div>
          </div>
        </details>
      ))}
      <div className="row">
        <button type="button" className="button small" onClick={add}>
          <Icon name="plus" size={13} />
          Add rule
        </button>
      </div>
      <TargetSelect label="Otherwise (default)" value={edited.state['Default']} edited={edited} optional onChange={(value) => edited.set(['Default'], value)} />
    </section>
  );
}

function Rule({ edited, rule, path }: { edited: Edited; rule: JsonObject; path: Path }): ReactElement {
  const simple = !['And', 'Or', 'Not'].some((key) => rule[key] !== undefined);
  const condition: JsonObject = Object.fromEntries(Object.entries(rule).filter(([key]) => !['Next', 'Assign', 'Output', 'Comment'].includes(key)));
  return (
    <>
      {edited.jsonata || rule['Condition'] !== undefined ? (
        <FieldInput field={{ name: 'Condition', kind: 'path', label: 'Condition', hint: 'A JSONata expression in {% … %}' }} value={rule['Condition']} onChange={(value) => edited.set([...path, 'Condition'], value)} />
      ) : simple ? (
        <Comparison edited={edited} rule={rule} path={path} />
      ) : (
        <JsonInput field={{ name: 'condition', kind: 'json', label: 'Condition' }} value={condition} onChange={(value) => isObject(value) && edited.session.type(replaceCondition(edited, rule, path, value))} />
      )}
      <TargetSelect label="Then go to" value={rule['Next']} edited={edited} onChange={(value) => edited.set([...path, 'Next'], value)} />
      <JsonInput field={{ name: 'Assign', kind: 'json', label: 'Assign' }} value={rule['Assign']} onChange={(value) => edited.set([...path, 'Assign'], value)} />
      {edited.jsonata && <JsonInput field={{ name: 'Output', kind: 'json', label: 'Output' }} value={rule['Output']} onChange={(value) => edited.set([...path, 'Output'], value)} />}
    </>
  );
}

function replaceCondition(edited: Edited, rule: JsonObject, path: Path, condition: JsonObject): Change[] {
  const kept = Object.fromEntries(Object.entries(rule).filter(([key]) => ['Next', 'Assign', 'Output', 'Comment'].includes(key)));
  return [{ op: 'set', path: [...edited.path, ...path], value: { ...condition, ...kept } }];
}

function operatorOf(rule: JsonObject): string {
  return Object.keys(rule).find((key) => OPERATORS.includes(key)) ?? '';
}

/** What an operator is compared with at first. */
function startValue(operator: string): Json {
  if (operator.endsWith('Path')) return '$.other';
  if (operator.startsWith('Is') || operator.startsWith('Boolean')) return true;
  if (operator.startsWith('Numeric')) return 0;
  return operator.startsWith('Timestamp') ? '2027-01-01T00:00:00Z' : '';
}

function Comparison({ edited, rule, path }: { edited: Edited; rule: JsonObject; path: Path }): ReactElement {
  const operator = operatorOf(rule);
  const value = rule[operator];
  const change = (next: string) => {
    const changes: Change[] = [{ op: 'set', path: [...edited.path, ...path, next], value: startValue(next), before: 'Next' }];
    if (operator) changes.push({ op: 'remove', path: [...edited.path, ...path, operator] });
    edited.session.apply(changes);
  };
  const kind = operator.startsWith('Numeric') && !operator.endsWith('Path') ? 'number' : 'path';
  return (
    <>
      <FieldInput field={{ name: 'Variable', kind: 'path', label: 'Variable' }} value={rule['Variable']} onChange={(next) => edited.set([...path, 'Variable'], next)} />
      <FieldInput field={{ name: 'Operator', kind: 'choice', label: 'Operator', options: OPERATORS }} value={operator} onChange={(next) => typeof next === 'string' && change(next)} />
      {typeof value === 'boolean' ? (
        <FieldInput field={{ name: operator, kind: 'choice', label: 'Value', options: ['true', 'false'] }} value={String(value)} onChange={(next) => edited.set([...path, operator], next === 'true')} />
      ) : (
        operator && <FieldInput field={{ name: operator, kind, label: operator.endsWith('Path') ? 'Path' : 'Value' }} value={value} onChange={(next) => edited.set([...path, operator], next ?? '')} />
      )}
    </>
  );
}
