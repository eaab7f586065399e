/** What may stand where somebody types a JSONPath: the context object, variables, paths of the input, functions. */
import { findNodeAtOffset, type Node, parseTree } from 'jsonc-parser';
import type { Scope, Suggestion } from './expressions.ts';
import { isObject, type Json } from './types.ts';

/** The members of the context object: `$$` in JSONPath, `$states.context` in JSONata. */
export const CONTEXT: Readonly<Record<string, readonly string[]>> = {
  Execution: ['Id', 'Input', 'Name', 'RoleArn', 'StartTime', 'RedriveCount', 'RedriveTime'],
  State: ['EnteredTime', 'Name', 'RetryCount'],
  StateMachine: ['Id', 'Name'],
  Task: ['Token'],
  Map: ['Item'],
  'Map.Item': ['Index', 'Value', 'Key', 'Source'],
};

/** Where a member of the context object is to be had, when that is not everywhere. */
const ONLY: Readonly<Record<string, string>> = {
  'Task.Token': 'in a Task with .waitForTaskToken',
  'Map.Item.Index': 'in a Map',
  'Map.Item.Value': 'in a Map',
  'Map.Item.Key': 'in a Map over an object',
  'Map.Item.Source': 'in a distributed Map',
  'Execution.RedriveTime': 'once it was redriven',
};

/** The intrinsic functions: name, parameters, result. */
export const INTRINSICS: readonly (readonly [string, string, string])[] = [
  ['States.Format', 'template, value…', 'string'],
  ['States.StringToJson', 'string', 'any'],
  ['States.JsonToString', 'value', 'string'],
  ['States.JsonMerge', 'object, object, false', 'object'],
  ['States.StringSplit', 'string, separators', 'string[]'],
  ['States.Array', 'value…', 'array'],
  ['States.ArrayContains', 'array, value', 'boolean'],
  ['States.ArrayGetItem', 'array, index', 'any'],
  ['States.ArrayLength', 'array', 'number'],
  ['States.ArrayPartition', 'array, size', 'array[]'],
  ['States.ArrayRange', 'first, last, step', 'number[]'],
  ['States.ArrayUnique', 'array', 'array'],
  ['States.Base64Encode', 'string', 'string'],
  ['States.Base64Decode', 'string', 'string'],
  ['States.Hash', "value, 'SHA-256'", 'string'],
  ['States.MathAdd', 'number, number', 'number'],
  ['States.MathRandom', 'from, to, seed?', 'number'],
  ['States.UUID', '', 'string'],
];

/** `template`: a path or a function. `path`: a path. `reference`: a place in the input, to write to. */
type Kind = 'template' | 'path' | 'reference';

/** What the value of field `key` is in JSONPath; undefined when it is no path. */
function kindOf(key: string): Kind | undefined {
  if (key.endsWith('.$') || key === 'ErrorPath' || key === 'CausePath') return 'template';
  if (key === 'ResultPath') return 'reference';
  return key === 'Variable' || key.endsWith('Path') ? 'path' : undefined;
}

/** A path, or the beginning of a function's name, at the end of what was typed. */
const WORD = /(?:\$\$?[\w.]*|[A-Za-z][\w.]*)?$/;

/** What fits after `before`, the beginning of the value of `key`, and how much of its end is replaced. */
export function suggestPath(key: string, before: string, scope: Scope): { typed: string; suggestions: Suggestion[] } | undefined {
  const kind = kindOf(key);
  if (kind === undefined || scope.language !== 'JSONPath' || inText(before)) return undefined;
  const typed = WORD.exec(before)?.[0] ?? '';
  const rest = before.slice(0, before.length - typed.length);
  // A word may begin the value or an argument; after anything else something else is being typed.
  if (!/^\s*$|[(,]\s*$/.test(rest)) return undefined;
  if (/^[A-Za-z]/.test(typed)) return { typed, suggestions: kind === 'template' ? fitting(functions(), typed) : [] };
  const all = [...(kind === 'reference' ? input(scope) : paths(scope)), ...(kind === 'template' && typed === '' ? functions() : [])];
  return { typed, suggestions: fitting(all, typed) };
}

/** Whether the text ends inside a literal of an intrinsic function: `States.Format('Hello |`. */
function inText(before: string): boolean {
  return (before.replaceAll(/\\./g, '').split("'").length - 1) % 2 === 1;
}

/** Those that begin as typed, then those in which it is the beginning of a later part. */
function fitting(all: readonly Suggestion[], typed: string): Suggestion[] {
  const wanted = typed.toLowerCase();
  const word = wanted.replace(/^\$+\.?/, '');
  const starts = (each: Suggestion) => each.label.toLowerCase().startsWith(wanted);
  const within = (each: Suggestion) => word !== '' && each.label.toLowerCase().includes(word) && (!wanted.startsWith('$$') || each.label.startsWith('$$'));
  return all.filter((each) => each.label !== typed && (starts(each) || within(each))).toSorted((one, other) => Number(starts(other)) - Number(starts(one)));
}

function functions(): Suggestion[] {
  return INTRINSICS.map(([name, parameters, result]) => ({ label: name, detail: `(${parameters}) → ${result}`, kind: 'function', insert: `${name}(${parameters === '' ? ')' : ''}` }));
}

function input(scope: Scope): Suggestion[] {
  const known = scope.paths.map((path): Suggestion => ({ label: path, detail: 'used in this definition', kind: 'field', insert: path }));
  return [{ label: '$', detail: 'the input', kind: 'variable', insert: '$' }, ...known];
}

function paths(scope: Scope): Suggestion[] {
  const variables = scope.variables.map((name): Suggestion => ({ label: `$${name}`, detail: 'assigned', kind: 'variable', insert: `$${name}` }));
  return [...input(scope), ...variables, { label: '$$', detail: 'the context object', kind: 'variable', insert: '$$' }, ...context()];
}

/** Every member of the context object by its whole path, so that `$$.Tok` finds the token. */
function context(): Suggestion[] {
  return Object.entries(CONTEXT).flatMap(([of, members]) =>
    members
      .filter((member) => CONTEXT[`${of}.${member}`] === undefined)
      .map((member): Suggestion => {
        const path = `${of}.${member}`;
        return { label: `$$.${path}`, detail: ONLY[path] ?? 'context', kind: 'field', insert: `$$.${path}` };
      }),
  );
}

/** So many paths of other states are offered. */
const MOST_PATHS = 200;

/** The paths of inputs that the definition already speaks of: names that are likely to be wanted again. */
export function pathsIn(definition: Json | undefined): string[] {
  const found = new Set<string>();
  const look = (value: Json | undefined): void => {
    if (found.size >= MOST_PATHS) return;
    if (typeof value === 'string') {
      if (!value.startsWith('{%')) for (const match of value.matchAll(/(?<!\$)\$(?:\.[A-Za-z_]\w*)+/g)) found.add(match[0]);
    } else if (Array.isArray(value)) value.forEach(look);
    else if (isObject(value)) Object.values(value).forEach(look);
  };
  look(definition);
  return [...found].sort();
}

/** The member whose value, a text, is being typed at `offset` of JSON, and that value up to there. */
export function jsonPlace(text: string, offset: number): { key: string; before: string } | undefined {
  const root = parseTree(text);
  const node = root && findNodeAtOffset(root, offset, true);
  const property = node?.parent;
  if (node?.type !== 'string' || property?.type !== 'property' || property.children?.[1] !== node || isBehind(text, node, offset)) return undefined;
  return { key: String(property.children[0]?.value), before: text.slice(node.offset + 1, offset) };
}

/** Whether `offset` is behind the quote that ends a text. */
function isBehind(text: string, node: Node, offset: number): boolean {
  const end = node.offset + node.length;
  return offset <= node.offset || (offset >= end && node.length > 1 && text[end - 1] === '"');
}
