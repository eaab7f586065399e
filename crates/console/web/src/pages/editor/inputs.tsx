/** Fields of the inspector: each shows what the definition has and changes only that. */
import { type ReactElement, useEffect, useId, useRef, useState } from 'react';
import type { Json } from '../../asl/types.ts';
import { jsonProblem } from '../../ui/json-problem.ts';
import type { Field } from './fields.ts';
import { useSuggestions } from './suggestions.tsx';

interface InputProps {
  field: Pick<Field, 'name' | 'kind' | 'label' | 'hint' | 'options' | 'none'>;
  value: Json | undefined;
  /** Undefined takes the field away. */
  onChange: (value: Json | undefined) => void;
  suggestions?: readonly string[];
}

export function FieldInput(props: InputProps): ReactElement {
  switch (props.field.kind) {
    case 'json':
      return <JsonInput {...props} />;
    case 'choice':
      return <ChoiceInput {...props} />;
    case 'boolean':
      return <BooleanInput {...props} />;
    default:
      return <TextInput {...props} />;
  }
}

function shown(value: Json | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What a line of text means: a number where numbers are wanted, null for `null`, else itself. */
function meaning(text: string, kind: Field['kind']): Json | undefined {
  if (text === '') return undefined;
  if ((kind === 'number' || kind === 'numberOrExpression') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (kind === 'path' && text === 'null') return null;
  return text;
}

export function TextInput({ field, value, onChange, suggestions }: InputProps): ReactElement {
  const id = useId();
  const box = useRef<HTMLInputElement>(null);
  const names = useSuggestions(id, box, field.name, (text) => onChange(meaning(text, field.kind)));
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {field.label}
      </label>
      <input
        ref={box}
        {...names.props}
        id={id}
        className={`input${field.kind === 'text' ? '' : ' mono'}`}
        value={shown(value)}
        spellCheck={false}
        list={suggestions ? `${id}-list` : undefined}
        aria-describedby={field.hint ? `${id}-hint` : undefined}
        onChange={(event) => onChange(meaning(event.target.value, field.kind))}
      />
      {names.list}
      {suggestions && (
        <datalist id={`${id}-list`}>
          {suggestions.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
      {field.hint && (
        <span id={`${id}-hint`} className="field-hint">
          {field.hint}
        </span>
      )}
    </div>
  );
}

/** JSON, or a bare JSONata expression, which is a string to JSON. */
function readJson(text: string): { value: Json | undefined } | { problem: string } {
  const trimmed = text.trim();
  if (trimmed === '') return { value: undefined };
  if (trimmed.startsWith('{%') && trimmed.endsWith('%}')) return { value: trimmed };
  try {
    return { value: JSON.parse(trimmed) as Json };
  } catch {
    return { problem: jsonProblem(trimmed) ?? 'Not JSON' };
  }
}

function writeJson(value: Json | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'string' && value.startsWith('{%')) return value;
  return JSON.stringify(value, null, 2);
}

export function JsonInput({ field, value, onChange }: InputProps): ReactElement {
  const id = useId();
  const [draft, setDraft] = useState(() => writeJson(value));
  const [problem, setProblem] = useState<string>();
  const box = useRef<HTMLTextAreaElement>(null);
  const type = (text: string) => {
    setDraft(text);
    const read = readJson(text);
    if ('problem' in read) setProblem(read.problem);
    else {
      setProblem(undefined);
      onChange(read.value);
    }
  };
  const names = useSuggestions(id, box, undefined, type);
  const canonical = JSON.stringify(value);
  // When the definition changes from elsewhere the draft follows, but not while it says the same.
  useEffect(() => {
    setDraft((now) => {
      const read = readJson(now);
      return 'value' in read && JSON.stringify(read.value) === canonical ? now : writeJson(canonical === undefined ? undefined : (JSON.parse(canonical) as Json));
    });
    setProblem(undefined);
  }, [canonical]);
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {field.label}
      </label>
      <textarea
        ref={box}
        {...names.props}
        id={id}
        className="textarea compact"
        spellCheck={false}
        rows={Math.min(14, Math.max(1, draft.split('\n').length))}
        value={draft}
        placeholder="JSON"
        aria-invalid={problem !== undefined}
        aria-describedby={problem || field.hint ? `${id}-hint` : undefined}
        onChange={(event) => type(event.target.value)}
      />
      {names.list}
      {(problem || field.hint) && (
        <span id={`${id}-hint`} className={problem ? 'field-error' : 'field-hint'}>
          {problem ?? field.hint}
        </span>
      )}
    </div>
  );
}

export function ChoiceInput({ field, value, onChange }: InputProps): ReactElement {
  const id = useId();
  const current = shown(value);
  const options = field.options ?? [];
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {field.label}
      </label>
      <select id={id} className="select" value={current} onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.value)}>
        <option value="">{field.none ?? '–'}</option>
        {current !== '' && !options.includes(current) && <option value={current}>{current}</option>}
        {options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
      {field.hint && <span className="field-hint">{field.hint}</span>}
    </div>
  );
}

export function BooleanInput({ field, value, onChange }: InputProps): ReactElement {
  return (
    <label className="check">
      <input type="checkbox" checked={value === true} onChange={(event) => onChange(event.target.checked ? true : undefined)} />
      {field.label}
    </label>
  );
}
