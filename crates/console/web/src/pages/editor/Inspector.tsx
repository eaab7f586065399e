/** Everything about the selected state, as fields. */
import { type ReactElement, useEffect, useId, useState } from 'react';
import { isDistributed, processorKey } from '../../asl/graph.ts';
import { freshName, newBlock, renameState, setNext } from '../../asl/operations.ts';
import { asArray, asString, at, isObject, type Json, type JsonObject, type Path, queryLanguageOf, STATE_TYPES, type StateType } from '../../asl/types.ts';
import { PanelHead } from '../../ui/PanelHead.tsx';
import { type Tab, Tabs } from '../../ui/tabs.tsx';
import type { Problem } from './checker.ts';
import { ChoiceRules } from './ChoiceRules.tsx';
import { scopeAt, useFunctions } from './completion.ts';
import { Catchers, Retriers } from './ErrorHandling.tsx';
import { type Field, fieldsOf, GROUPS, STRUCTURAL } from './fields.ts';
import { FieldInput, JsonInput } from './inputs.tsx';
import { useParameters, useResources } from './integrations.ts';
import type { Session, Snapshot } from './session.ts';
import { ScopeContext } from './suggestions.tsx';
import { TestPanel } from './TestPanel.tsx';

export interface InspectorProps {
  session: Session;
  shot: Snapshot;
  problems: readonly Problem[];
}

/** What the parts of the inspector need to know of the state. */
export interface Edited {
  session: Session;
  definition: Json;
  path: Path;
  state: JsonObject;
  type: StateType | undefined;
  jsonata: boolean;
  /** States of the same block, which transitions may name. */
  targets: string[];
  set: (field: Path, value: Json | undefined) => void;
}

const ERROR_TYPES = new Set(['Task', 'Parallel', 'Map']);

export function Inspector({ session, shot, problems }: InspectorProps): ReactElement {
  const functions = useFunctions();
  const node = shot.layout.nodes.find((each) => each.node.id === shot.selected)?.node;
  const state = node && at(shot.value, node.path);
  if (!node || !isObject(state)) return <MachineInspector session={session} shot={shot} problems={problems} />;
  const jsonata = queryLanguageOf(shot.value, state) === 'JSONata';
  const siblings = at(shot.value, [...node.path.slice(0, -1)]);
  const edited: Edited = {
    session,
    definition: shot.value,
    path: node.path,
    state,
    type: STATE_TYPES.find((type) => type === state['Type']),
    jsonata,
    targets: isObject(siblings) ? Object.keys(siblings) : [],
    set: (field, value) => session.type([value === undefined ? { op: 'remove', path: [...node.path, ...field] } : { op: 'set', path: [...node.path, ...field], value }]),
  };
  return (
    <ScopeContext value={scopeAt(shot.value, node.path, functions)}>
      <StateInspector key={node.id} edited={edited} problems={problems.filter((each) => each.state === node.id)} />
    </ScopeContext>
  );
}

function StateInspector({ edited, problems }: { edited: Edited; problems: readonly Problem[] }): ReactElement {
  const { type, state } = edited;
  const tabs: Tab<'state' | 'errors' | 'test' | 'json'>[] = [
    { key: 'state', label: 'State' },
    ...(type && ERROR_TYPES.has(type) ? [{ key: 'errors' as const, label: 'Errors' }] : []),
    { key: 'test', label: 'Test' },
    { key: 'json', label: 'JSON' },
  ];
  const [tab, setTab] = useState<(typeof tabs)[number]['key']>('state');
  const current = tabs.find((each) => each.key === tab)?.key ?? 'state';
  return (
    <>
      <PanelHead title={String(edited.path.at(-1))} subtitle={type ?? 'State without a type'} onClose={() => edited.session.select(undefined)} />
      {problems.length > 0 && (
        <ul className="inspector-problems">
          {problems.map((problem) => (
            <li key={`${problem.code} ${problem.from}`} className={problem.severity}>
              {problem.message} {problem.help && <span className="muted">{problem.help}</span>}
            </li>
          ))}
        </ul>
      )}
      <Tabs label="State" tabs={tabs} current={current} onChange={setTab} panelClass="panel-body stack">
        {current === 'state' && <StateFields edited={edited} />}
        {current === 'errors' && (
          <>
            <Retriers edited={edited} />
            <Catchers edited={edited} />
          </>
        )}
        {current === 'test' && <TestPanel edited={edited} />}
        {current === 'json' && <JsonInput field={{ name: '', kind: 'json', label: 'The state as JSON' }} value={state} onChange={(value) => value !== undefined && edited.set([], value)} />}
      </Tabs>
    </>
  );
}

/** A request may take a hundred members; the required ones come first. */
const MOST_NAMED = 12;

function StateFields({ edited }: { edited: Edited }): ReactElement {
  const { type, state, jsonata } = edited;
  const resource = asString(state['Resource']) ?? '';
  const resources = useResources(resource);
  const parameters = useParameters(resource);
  const fields = type ? fieldsOf(type, jsonata ? 'JSONata' : 'JSONPath') : [];
  const known = new Set(fields.map((field) => field.name));
  const others = Object.keys(state).filter((key) => !known.has(key) && !STRUCTURAL.has(key));
  const hinted = (field: Field): Field => (parameters.length > 0 && ['Arguments', 'Parameters'].includes(field.name) ? { ...field, hint: `Takes ${parameters.slice(0, MOST_NAMED).join(', ')}${parameters.length > MOST_NAMED ? ', …' : ''}` } : field);
  return (
    <>
      <NameField edited={edited} />
      <TypeField edited={edited} />
      {type === 'Choice' && <ChoiceRules edited={edited} />}
      {type === 'Parallel' && <Branches edited={edited} />}
      {type === 'Map' && <Processor edited={edited} />}
      <NextField edited={edited} />
      {GROUPS.map((group) => {
        const inGroup = fields.filter((field) => field.group === group);
        if (inGroup.length === 0) return null;
        const used = inGroup.some((field) => state[field.name] !== undefined);
        return (
          <details key={group} className="group" open={used || group === 'Configuration' || group === 'Input'}>
            <summary>{group}</summary>
            <div className="stack">
              {inGroup.map((field) => (
                <FieldInput key={field.name} field={hinted(field)} value={state[field.name]} onChange={(value) => edited.set([field.name], value)} {...(field.kind === 'resource' ? { suggestions: resources } : {})} />
              ))}
            </div>
          </details>
        );
      })}
      {others.length > 0 && (
        <details className="group" open>
          <summary>Fields that this state does not have</summary>
          <div className="stack">
            {others.map((name) => (
              <JsonInput key={name} field={{ name, kind: 'json', label: name }} value={state[name]} onChange={(value) => edited.set([name], value)} />
            ))}
          </div>
        </details>
      )}
    </>
  );
}

/** A name is changed when the field is left: half a name would be a name too. */
function NameField({ edited }: { edited: Edited }): ReactElement {
  const id = useId();
  const name = String(edited.path.at(-1));
  const [draft, setDraft] = useState(name);
  useEffect(() => setDraft(name), [name]);
  const taken = draft !== name && edited.targets.includes(draft);
  const rename = () => {
    const wanted = draft.trim();
    if (wanted === '' || wanted === name || taken) return setDraft(name);
    edited.session.apply(renameState(edited.definition, edited.path, wanted), [...edited.path.slice(0, -1), wanted]);
  };
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        Name
      </label>
      <input id={id} className="input" maxLength={80} value={draft} aria-invalid={taken} onChange={(event) => setDraft(event.target.value)} onBlur={rename} onKeyDown={(event) => event.key === 'Enter' && rename()} />
      {taken && <span className="field-error">Another state has this name</span>}
    </div>
  );
}

function TypeField({ edited }: { edited: Edited }): ReactElement {
  return <FieldInput field={{ name: 'Type', kind: 'choice', label: 'Type', options: STATE_TYPES }} value={edited.state['Type']} onChange={(value) => value !== undefined && edited.set(['Type'], value)} />;
}

const END = '\u0000end';

function NextField({ edited }: { edited: Edited }): ReactElement | null {
  const id = useId();
  const { state, type, path, targets } = edited;
  if (type === 'Succeed' || type === 'Fail' || type === 'Choice') return null;
  const next = asString(state['Next']);
  const others = targets.filter((name) => name !== path.at(-1));
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        Next state
      </label>
      <select
        id={id}
        className="select"
        value={state['End'] === true ? END : (next ?? '')}
        onChange={(event) => edited.session.apply(setNext(path, event.target.value === END ? undefined : event.target.value))}
      >
        {next === undefined && state['End'] !== true && <option value="">Not chosen</option>}
        {next !== undefined && !targets.includes(next) && <option value={next}>{next} (does not exist)</option>}
        <option value={END}>End</option>
        {others.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

function Branches({ edited }: { edited: Edited }): ReactElement {
  const branches = asArray(edited.state['Branches']);
  const add = () => {
    const name = freshName(edited.definition, 'Step');
    const block = newBlock();
    edited.session.apply([{ op: 'set', path: [...edited.path, 'Branches', branches.length], value: { ...block, StartAt: name, States: { [name]: { Type: 'Pass', End: true } } } }]);
  };
  return (
    <div className="field">
      <span className="field-label">Branches</span>
      {branches.map((branch, index) => (
        <div key={index} className="row">
          <span className="grow ellipsis">{isObject(branch) ? (asString(branch['StartAt']) ?? 'empty') : 'not an object'}</span>
          <button type="button" className="button small" disabled={branches.length < 2} onClick={() => edited.session.apply([{ op: 'remove', path: [...edited.path, 'Branches', index] }])}>
            Remove
          </button>
        </div>
      ))}
      <div className="row">
        <button type="button" className="button small" onClick={add}>
          Add branch
        </button>
      </div>
    </div>
  );
}

function Processor({ edited }: { edited: Edited }): ReactElement {
  const key = processorKey(edited.state);
  const config = [key, 'ProcessorConfig'];
  const distributed = isDistributed(edited.state);
  const execution = at(edited.state, [...config, 'ExecutionType']);
  return (
    <div className="row top">
      <div className="grow">
        <FieldInput
          field={{ name: 'Mode', kind: 'choice', label: 'Processing mode', options: ['INLINE', 'DISTRIBUTED'] }}
          value={at(edited.state, [...config, 'Mode'])}
          onChange={(value) => {
            const next: JsonObject = value === 'DISTRIBUTED' ? { Mode: 'DISTRIBUTED', ExecutionType: execution ?? 'STANDARD' } : { Mode: 'INLINE' };
            edited.session.apply([{ op: 'set', path: [...edited.path, ...config], value: next, before: 'StartAt' }]);
          }}
        />
      </div>
      {distributed && (
        <div className="grow">
          <FieldInput field={{ name: 'ExecutionType', kind: 'choice', label: 'Children are', options: ['STANDARD', 'EXPRESS'] }} value={execution} onChange={(value) => edited.set([...config, 'ExecutionType'], value)} />
        </div>
      )}
    </div>
  );
}

const MACHINE_FIELDS = [
  { name: 'Comment', kind: 'text', label: 'Comment' },
  { name: 'QueryLanguage', kind: 'choice', label: 'Query language', options: ['JSONPath', 'JSONata'], none: 'JSONPath, as none is said' },
  { name: 'TimeoutSeconds', kind: 'number', label: 'Timeout in seconds' },
] as const;

function MachineInspector({ session, shot, problems }: InspectorProps): ReactElement {
  const definition = isObject(shot.value) ? shot.value : {};
  const states = isObject(definition['States']) ? Object.keys(definition['States']) : [];
  const set = (name: string, value: Json | undefined) => session.type([value === undefined ? { op: 'remove', path: [name] } : { op: 'set', path: [name], value, before: 'StartAt' }]);
  return (
    <>
      <PanelHead title="State machine" subtitle="Select a state to edit it" />
      <div className="panel-body stack">
        {MACHINE_FIELDS.map((field) => (
          <FieldInput key={field.name} field={field} value={definition[field.name]} onChange={(value) => set(field.name, value)} />
        ))}
        <FieldInput field={{ name: 'StartAt', kind: 'choice', label: 'Starts at', options: states }} value={definition['StartAt']} onChange={(value) => set('StartAt', value)} />
        <ProblemList problems={problems} onPick={(problem) => problem.state && session.select(problem.state)} />
        <Shortcuts />
      </div>
    </>
  );
}

export function ProblemList({ problems, onPick }: { problems: readonly Problem[]; onPick: (problem: Problem) => void }): ReactElement {
  return (
    <section aria-label="Problems" className="stack tight">
      <h2>{problems.length === 0 ? 'No problems' : `Problems (${problems.length})`}</h2>
      <ul className="inspector-problems">
        {problems.map((problem) => (
          <li key={`${problem.code} ${problem.from} ${problem.message}`} className={problem.severity}>
            <button type="button" onClick={() => onPick(problem)}>
              <span className="num muted">{problem.line}</span> {problem.message}
              {problem.help && <span className="muted"> {problem.help}</span>}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Shortcuts(): ReactElement {
  const keys: [string, string][] = [
    ['Ctrl Z', 'Undo'],
    ['Ctrl Shift Z', 'Redo'],
    ['Ctrl S', 'Save'],
    ['Ctrl D', 'Duplicate the state'],
    ['Del', 'Delete the state'],
    ['Arrows', 'Go to the next state'],
  ];
  return (
    <details className="group">
      <summary>Keys</summary>
      <dl className="keys">
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
