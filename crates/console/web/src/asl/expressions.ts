/** What may stand where somebody types inside `{% … %}`: variables, their members, functions. */
import { CONTEXT } from './paths.ts';
import { asArray, asString, at, isObject, type Json, type Path, type QueryLanguage } from './types.ts';

export interface ExpressionFunction {
  name: string;
  /** In JSONata's notation: `<a<n>:n>`. */
  signature: string;
}

export interface Scope {
  language: QueryLanguage;
  /** The names that states assign, as far as this place sees them. */
  variables: readonly string[];
  functions: readonly ExpressionFunction[];
  /** The paths of inputs that the definition speaks of. */
  paths: readonly string[];
  /** Whether the state has a result, and so may have failed. */
  works: boolean;
}

export interface Suggestion {
  label: string;
  detail: string;
  kind: 'variable' | 'function' | 'field';
  insert: string;
}

/** The members of `$states`, as the States Language gives them. */
const MEMBERS: Record<string, readonly string[]> = {
  $states: ['input', 'result', 'errorOutput', 'context'],
  '$states.errorOutput': ['Error', 'Cause'],
  '$states.context': Object.keys(CONTEXT).filter((name) => !name.includes('.')),
  ...Object.fromEntries(Object.entries(CONTEXT).map(([of, members]) => [`$states.context.${of}`, members])),
};

/** The expression that is open at the end of `before`. */
function openExpression(before: string): string | undefined {
  const open = before.lastIndexOf('{%');
  return open >= 0 && !before.includes('%}', open) ? before.slice(open + 2) : undefined;
}

/** What fits after `before`, and how much of its end is replaced. Undefined where no name is being typed. */
export function suggest(before: string, scope: Scope): { typed: string; suggestions: Suggestion[] } | undefined {
  const expression = openExpression(before);
  const word = expression === undefined ? undefined : /\$[\w.]*$/.exec(expression)?.[0];
  if (expression === undefined || word === undefined) return undefined;
  const dot = word.lastIndexOf('.');
  const typed = word.slice(dot + 1);
  const all = dot < 0 ? names(expression, scope) : members(word.slice(0, dot), scope);
  const wanted = typed.toLowerCase();
  const starts = (each: Suggestion) => each.label.toLowerCase().startsWith(wanted);
  const found = all.filter((each) => starts(each) || each.label.toLowerCase().includes(wanted.replace('$', '')));
  return { typed, suggestions: found.toSorted((one, other) => Number(starts(other)) - Number(starts(one))) };
}

function members(of: string, scope: Scope): Suggestion[] {
  const fields = (MEMBERS[of] ?? []).filter((name) => scope.works || of !== '$states' || !['result', 'errorOutput'].includes(name));
  return fields.map((name) => ({ label: name, detail: of, kind: 'field', insert: name }));
}

function names(expression: string, scope: Scope): Suggestion[] {
  const own = [...expression.matchAll(/\$(\w+)\s*:=/g)].map((match) => match[1] ?? '');
  const variables = [...new Set([...scope.variables, ...own])];
  return [
    { label: '$states', detail: 'input, result, context', kind: 'variable', insert: '$states' },
    ...variables.map((name): Suggestion => ({ label: `$${name}`, detail: own.includes(name) ? 'of this expression' : 'assigned', kind: 'variable', insert: `$${name}` })),
    ...scope.functions.map(({ name, signature }): Suggestion => ({ label: `$${name}`, detail: readable(signature), kind: 'function', insert: `$${name}(` })),
  ];
}

/** The variables that a state sees: those assigned in its block and in the blocks around it, but not
 * beyond a distributed Map, whose children are executions of their own. */
export function variablesAt(definition: Json | undefined, path: Path): string[] {
  const found = new Set<string>();
  path.forEach((part, index) => {
    if (part !== 'States') return;
    const block = path.slice(0, index);
    if (at(definition, [...block, 'ProcessorConfig', 'Mode']) === 'DISTRIBUTED') found.clear();
    const states = at(definition, [...block, 'States']);
    for (const state of isObject(states) ? Object.values(states) : []) for (const name of assigned(state)) found.add(name);
  });
  return [...found];
}

function assigned(state: Json): string[] {
  if (!isObject(state)) return [];
  const holders = [state, ...asArray(state['Catch']), ...asArray(state['Choices'])];
  return holders.flatMap((each) => {
    const assign = isObject(each) ? each['Assign'] : undefined;
    // JSONPath marks what is computed by a suffix that is no part of the name.
    return isObject(assign) ? Object.keys(assign).map((name) => name.replace(/\.\$$/, '')) : [];
  });
}

const KINDS: Record<string, string> = { a: 'array', b: 'boolean', f: 'function', j: 'any', l: 'null', n: 'number', o: 'object', s: 'string', u: 'any', x: 'any' };

/** `<a<n>s?:n>` → `(number[], string?) → number`. */
export function readable(signature: string): string {
  const [parameters = '', result = ''] = split(signature.slice(1, -1));
  const types = [...parameters.matchAll(/(\([^)]*\)|[a-z](?:<[^>]*>)?)([-?+]*)/g)].map(([, type = '', mark = '']) => typeName(type) + (/[-?]/.test(mark) ? '?' : '') + (mark.includes('+') ? '…' : ''));
  return `(${types.join(', ')})${result ? ` → ${typeName(result)}` : ''}`;
}

/** At the colon that is not inside another signature. */
function split(signature: string): string[] {
  let depth = 0;
  for (let index = 0; index < signature.length; index++) {
    const char = signature[index];
    if (char === '<') depth++;
    else if (char === '>') depth--;
    else if (char === ':' && depth === 0) return [signature.slice(0, index), signature.slice(index + 1)];
  }
  return [signature];
}

function typeName(type: string): string {
  if (type.startsWith('(')) return [...type.slice(1, -1)].map((each) => KINDS[each] ?? each).join('|');
  const inner = /^a<(\w)>$/.exec(type)?.[1];
  if (inner !== undefined) return `${KINDS[inner] ?? inner}[]`;
  return KINDS[asString(type[0]) ?? ''] ?? type;
}
