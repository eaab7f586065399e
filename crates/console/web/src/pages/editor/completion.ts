/** Completion in the code view: the server's, and names inside expressions and paths. */
import type { Completion as Option, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import type { EditorView } from '@codemirror/view';
import { useQuery } from '@tanstack/react-query';
import { consoleCall } from '../../api/client.ts';
import type { MachineType } from '../../api/operations.ts';
import { type Format, pathAt } from '../../asl/document.ts';
import { type ExpressionFunction, type Scope, suggest, type Suggestion, variablesAt } from '../../asl/expressions.ts';
import { jsonPlace, pathsIn, suggestPath } from '../../asl/paths.ts';
import { at, isObject, type Json, type Path, queryLanguageOf } from '../../asl/types.ts';
import { yamlCursor, yamlPlace } from '../../asl/yaml-cursor.ts';
import { complete, type Completion } from './checker.ts';

/** States whose work gives a result, or an error. */
const WORKS = new Set(['Task', 'Parallel', 'Map']);
/** An expression is not looked for further back than this. */
const LOOK_BACK = 10_000;
/** Completions are still wanted where a word of a value has just begun. */
const WORD = /["'\w$.:-]+/;

const KINDS: Record<string, string> = { field: 'property', state: 'class', resource: 'constant', value: 'enum', error: 'keyword', variable: 'variable', function: 'function' };

export function useFunctions(): readonly ExpressionFunction[] {
  const query = useQuery({ queryKey: ['functions'], queryFn: ({ signal }) => consoleCall<{ functions: ExpressionFunction[] }>('functions', undefined, signal), staleTime: Number.POSITIVE_INFINITY, retry: 1 });
  return query.data?.functions ?? [];
}

/** What an expression of the state at `path` sees. */
export function scopeAt(definition: Json, path: Path, functions: readonly ExpressionFunction[]): Scope {
  const state = at(definition, path);
  return {
    language: queryLanguageOf(definition, state),
    variables: variablesAt(definition, path),
    functions,
    paths: pathsIn(definition),
    works: isObject(state) && WORKS.has(String(state['Type'])),
  };
}

/** What the code view knows when it is asked. */
export interface CodeContext {
  format: Format;
  type: MachineType;
  /** The last definition that could be read. */
  value: Json;
  functions: readonly ExpressionFunction[];
}

export async function completions(context: CompletionContext, code: CodeContext): Promise<CompletionResult | null> {
  const text = context.state.doc.toString();
  const path = pathAt(text, code.format, context.pos);
  const state = path.slice(0, path.lastIndexOf('States') + 2);
  const scope = scopeAt(code.value, state, code.functions);
  const place = code.format === 'json' ? jsonPlace(text, context.pos) : yamlPlace(text, context.pos);
  const found = suggest(text.slice(Math.max(0, context.pos - LOOK_BACK), context.pos), scope) ?? (place && suggestPath(place.key, place.before, scope));
  if (found) return found.typed !== '' || context.explicit ? inExpression(context.pos, found.typed, found.suggestions) : null;
  if (!context.matchBefore(WORD) && !context.explicit) return null;
  const abort = new AbortController();
  context.addEventListener('abort', () => abort.abort());
  try {
    return code.format === 'json' ? await inJson(context, code, abort.signal) : await inYaml(context, text, code, abort.signal);
  } catch {
    return null;
  }
}

function inExpression(pos: number, typed: string, suggestions: readonly Suggestion[]): CompletionResult | null {
  if (suggestions.length === 0) return null;
  return { from: pos - typed.length, to: pos, filter: false, options: suggestions.map(({ label, detail, kind, insert }) => ({ label, detail, type: KINDS[kind] ?? 'text', apply: insert })) };
}

function option(each: Completion, apply: Option['apply']): Option {
  return { label: each.label, type: KINDS[each.kind] ?? 'text', ...(each.detail ? { detail: each.detail } : {}), ...(apply === undefined ? {} : { apply }) };
}

async function inJson(context: CompletionContext, code: CodeContext, signal: AbortSignal): Promise<CompletionResult | null> {
  const found = await complete(context.state.doc.toString(), context.pos, code.type, signal);
  const first = found[0];
  if (!first) return null;
  const options = found.map((each) =>
    option(each, (view: EditorView) => view.dispatch({ changes: { from: each.start, to: Math.max(each.end, context.pos), insert: each.insert }, selection: { anchor: each.start + each.insert.length } })),
  );
  return { from: Math.min(first.start, context.pos), to: context.pos, options, filter: false };
}

/** The server completes JSON: it is asked about the same place in the same definition as JSON. */
async function inYaml(context: CompletionContext, text: string, code: CodeContext, signal: AbortSignal): Promise<CompletionResult | null> {
  const cursor = yamlCursor(text, context.pos, code.value);
  if (!cursor) return null;
  const found = await complete(cursor.json, cursor.index, code.type, signal);
  if (found.length === 0) return null;
  const colon = text.slice(context.pos).startsWith(':') ? '' : ': ';
  const options = found.map((each) => option(each, cursor.isKey ? `${each.label}${colon}` : yamlScalar(each.label)));
  return { from: cursor.from, to: context.pos, options, filter: false };
}

/** Plain where YAML would read it back as the same text. */
function yamlScalar(text: string): string {
  return /^[A-Za-z][\w .\-/]*$|^arn:[\w.:/-]*\w$/.test(text) ? text : JSON.stringify(text);
}
