/** Says where in YAML somebody is typing as the same place in JSON, which the server completes. */
import { at, isObject, type Json, type JsonObject, type Path } from './types.ts';

export interface YamlCursor {
  /** A definition in JSON in which the same word is being typed, and the index of its end. */
  json: string;
  index: number;
  /** Where in the YAML the word begins. */
  from: number;
  /** A key is being typed, not a value. */
  isKey: boolean;
}

const MARK = '\u0001';

interface Line {
  /** The column of the key or value, after the dashes of sequences. */
  column: number;
  dashes: number[];
  key: string | undefined;
  value: string;
}

/** Columns of dashes, then a key and its value, or a word that may become a key. */
function readLine(text: string): Line {
  const [, space = '', dashes = '', rest = ''] = /^(\s*)((?:-\s+)*)(.*)$/.exec(text) ?? [];
  const columns = [...dashes.matchAll(/-/g)].map((match) => space.length + (match.index ?? 0));
  const pair = /^("(?:[^"\\]|\\.)*"|'[^']*'|[^\s#'"][^#]*?)\s*:(?:\s+(.*))?$/.exec(rest);
  return { column: space.length + dashes.length, dashes: columns, key: pair?.[1] === undefined ? undefined : unquote(pair[1]), value: pair ? (pair[2] ?? '') : rest };
}

function unquote(text: string): string {
  return /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text;
}

/** `value`: the last definition that could be read. Undefined where nothing can be completed. */
export function yamlCursor(text: string, offset: number, value: Json): YamlCursor | undefined {
  const before = text.slice(0, offset).split('\n');
  const line = readLine(before.pop() ?? '');
  if (line.key === undefined && /\s/.test(line.value.trimEnd())) return undefined;
  const word = unquote(line.value.replace(/^["']/, ''));
  const path = pathOf(before, line);
  const root: JsonObject = isObject(value) ? structuredClone(value) : {};
  // A word alone under a key whose value is a list of words, such as ErrorEquals, is a value.
  const last = path.at(-1);
  const isKey = line.key === undefined && !(typeof last === 'number' && LISTS.has(String(path.at(-2))));
  const target = line.key !== undefined ? [...path, line.key] : path;
  if (isKey) place(root, [...target, word + MARK], null);
  else place(root, target, word + MARK);
  const json = JSON.stringify(root);
  const index = json.indexOf(JSON.stringify(MARK).slice(1, -1));
  return { json: json.replace(JSON.stringify(MARK).slice(1, -1), ''), index, from: offset - line.value.length, isKey };
}

/** The key whose value is being typed at `offset`, and that value up to there, without a quote before it. */
export function yamlPlace(text: string, offset: number): { key: string; before: string } | undefined {
  const { key, value } = readLine(text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset));
  return key === undefined || /^(["']).*\1\s*$/.test(value) ? undefined : { key, before: value.replace(/^["']/, '') };
}

/** Fields whose value is a list of words. */
const LISTS = new Set(['ErrorEquals']);

/** The keys and positions that lead to the object or list in which `line` stands. */
function pathOf(before: readonly string[], line: Line): Path {
  const path: (string | number)[] = [];
  let column = line.column;
  const enter = (dashes: readonly number[], index: number) => {
    for (const dash of dashes.toReversed()) {
      path.unshift(itemsAbove(before, index, dash));
      column = dash;
    }
  };
  enter(line.dashes, before.length);
  for (let index = before.length - 1; index >= 0; index--) {
    const above = readLine(before[index] ?? '');
    if ((before[index] ?? '').trim() === '' || (before[index] ?? '').trim().startsWith('#')) continue;
    if (above.column === column && above.dashes.length > 0) {
      // A sibling that opens the item of a sequence: the item is what we are in.
      enter(above.dashes, index);
    } else if (above.key !== undefined && above.value === '' && (above.column < column || (above.column === column && typeof path[0] === 'number'))) {
      path.unshift(above.key);
      column = above.column;
      enter(above.dashes, index);
    }
  }
  return path;
}

/** How many items of the same sequence stand above line `index`. */
function itemsAbove(before: readonly string[], index: number, dash: number): number {
  let count = 0;
  for (let at = index - 1; at >= 0; at--) {
    const text = before[at] ?? '';
    if (text.trim() === '') continue;
    const indent = text.length - text.trimStart().length;
    if (indent < dash || (indent === dash && text.trimStart()[0] !== '-')) break;
    if (indent === dash) count++;
  }
  return count;
}

/** Sets what is at `path`, making what is missing on the way. */
function place(root: JsonObject, path: Path, value: Json): void {
  const key = path.at(-1);
  if (key === undefined) return;
  let parent: Json = root;
  path.slice(0, -1).forEach((part, index) => {
    const wanted = typeof path[index + 1] === 'number' ? 'array' : 'object';
    const found = at(parent, [part]);
    const fits = wanted === 'array' ? Array.isArray(found) : isObject(found);
    const next: Json = fits && found !== undefined ? found : wanted === 'array' ? [] : {};
    assign(parent, part, next);
    parent = next;
  });
  assign(parent, key, value);
}

function assign(parent: Json, key: string | number, value: Json): void {
  if (Array.isArray(parent)) parent[Math.min(Number(key), parent.length)] = value;
  else if (isObject(parent)) Object.defineProperty(parent, String(key), { value, enumerable: true, configurable: true, writable: true });
}
