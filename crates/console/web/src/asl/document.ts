/** Edits the text of a definition as a careful person would: only what changes is touched, so key
 * order, formatting and (in YAML) comments of everything else stay. */
import { applyEdits, type Edit, findNodeAtLocation, getNodePath, type JSONPath, type Node, parseTree } from 'jsonc-parser';
import { Document, isMap, isPair, isScalar, isSeq, LineCounter, type Pair, parseDocument, type Scalar, visit } from 'yaml';
import { type Json, type Path, parsePointer } from './types.ts';
import { editYaml } from './yaml.ts';

export type Format = 'json' | 'yaml';

/** One change to a definition. */
export type Change =
  | { op: 'set'; path: Path; value: Json; before?: string }
  | { op: 'remove'; path: Path }
  | { op: 'rename'; path: Path; name: string };

export interface TextEdit {
  from: number;
  to: number;
  insert: string;
}

export interface Parsed {
  value: Json | undefined;
  /** Why the text is no document, and where. */
  problem?: { message: string; from: number; to: number };
}

export function detectFormat(text: string): Format {
  return /^\s*[{[]/.test(text) || text.trim() === '' ? 'json' : 'yaml';
}

export function parseText(text: string, format: Format): Parsed {
  if (format === 'json') {
    try {
      return { value: JSON.parse(text) as Json };
    } catch (error) {
      return { value: undefined, problem: { message: error instanceof Error ? error.message : 'Not JSON', from: 0, to: 0 } };
    }
  }
  const document = parseDocument(text);
  const error = document.errors[0];
  if (error) return { value: undefined, problem: { message: error.message.split('\n')[0] ?? '', from: error.pos[0], to: error.pos[1] } };
  try {
    return { value: document.toJS({ maxAliasCount: 100 }) as Json };
  } catch (thrown) {
    return { value: undefined, problem: { message: thrown instanceof Error ? thrown.message : 'Not YAML', from: 0, to: 0 } };
  }
}

/** The smallest edits of `text` that make all `changes`, to be applied at once. */
export function edit(text: string, format: Format, changes: readonly Change[]): TextEdit[] {
  const after = changes.reduce(format === 'json' ? editJson : editYaml, text);
  return difference(text, after);
}

/** What lies between the common beginning and the common end. */
function difference(before: string, after: string): TextEdit[] {
  if (before === after) return [];
  let from = 0;
  while (from < before.length && before[from] === after[from]) from++;
  let tail = 0;
  while (tail < before.length - from && tail < after.length - from && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  return [{ from, to: before.length - tail, insert: after.slice(from, after.length - tail) }];
}

/** Two spaces, four, or a tab: the smallest step that the text uses. */
function unitOf(text: string): string {
  const indents = [...text.matchAll(/\n([ \t]+)\S/g)].map((match) => match[1] ?? '');
  if (indents.some((indent) => indent.startsWith('\t'))) return '\t';
  return ' '.repeat(Math.min(8, ...indents.map((indent) => indent.length)) % 8 || 2);
}

function lineEndOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function editJson(text: string, change: Change): string {
  const path = [...change.path] as JSONPath;
  let edits: Edit[];
  if (change.op === 'rename') {
    const value = parseTree(text);
    const property = value && findNodeAtLocation(value, path)?.parent;
    const key = property?.children?.[0];
    edits = key ? [{ offset: key.offset, length: key.length, content: JSON.stringify(change.name) }] : [];
  } else if (change.op === 'remove') {
    edits = removal(text, path);
  } else edits = insertion(text, change) ?? replacement(text, path, change.value);
  return applyEdits(text, edits);
}

function keyOf(pair: Pair): unknown {
  return isScalar(pair.key) ? pair.key.value : pair.key;
}

/** Another value in the place of one: on one line where that one was, else on lines of its own. What the path
 * leads through and is not there is made. */
function replacement(text: string, path: JSONPath, value: Json): Edit[] {
  const root = parseTree(text);
  const old = root && findNodeAtLocation(root, path);
  const key = path.at(-1);
  if (!old && key !== undefined) {
    const [above, made] = [path.slice(0, -1), typeof key === 'number' ? [value] : { [String(key)]: value }];
    return insertion(text, { op: 'set', path: above as Path, value: made }) ?? replacement(text, above, made);
  }
  const holder = old?.parent?.type === 'property' ? old.parent : old;
  const start = text.lastIndexOf('\n', (holder?.offset ?? 0) - 1) + 1;
  const indent = text.slice(start, holder?.offset ?? 0);
  const written = text.slice(old?.offset ?? 0, (old?.offset ?? 0) + (old?.length ?? 0));
  const own = key === undefined ? value !== null : text.includes('\n') && /^\s*$/.test(indent) && (!old?.children?.length || written.includes('\n'));
  return [{ offset: old?.offset ?? 0, length: old?.length ?? text.length, content: own ? onLines(text, value, indent) : onOneLine(value) }];
}

function onLines(text: string, value: Json, indent: string): string {
  return JSON.stringify(value, null, unitOf(text)).replaceAll('\n', lineEndOf(text) + indent);
}

/** `{"a": 1, "b": [2, 3]}`, as people write it. */
function onOneLine(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${onOneLine(member)}`).join(', ')}}`;
}

/** Takes a member or an element out, with the comma beside it. */
function removal(text: string, path: JSONPath): Edit[] {
  const root = parseTree(text);
  const value = root && findNodeAtLocation(root, path);
  const gone = value?.parent?.type === 'property' ? value.parent : value;
  const parent = gone?.parent;
  if (!gone || !parent) return [];
  const all = parent.children ?? [];
  const [before, next] = [all[all.indexOf(gone) - 1], all[all.indexOf(gone) + 1]];
  const end = gone.offset + gone.length;
  const cut = (from: number, to: number): Edit[] => [{ offset: from, length: to - from, content: '' }];
  if (next) return cut(gone.offset, next.offset);
  return before ? cut(before.offset + before.length, end) : cut(parent.offset + 1, parent.offset + parent.length - 1);
}

/** A new member of an object or a new element of an array that has some: on a line of its own where they have that, else beside them.
 */
function insertion(text: string, change: Extract<Change, { op: 'set' }>): Edit[] | undefined {
  const root = parseTree(text);
  const parent = root && findNodeAtLocation(root, change.path.slice(0, -1) as JSONPath);
  const members = parent?.type === 'object' || parent?.type === 'array' ? (parent.children ?? []) : [];
  const list = parent?.type === 'array';
  const name = String(change.path.at(-1));
  const nameOf = (member: Node) => (list ? String(members.indexOf(member)) : (member.children?.[0]?.value as unknown));
  const last = members.at(-1);
  const first = members[0];
  if (!last || !first || members.some((member) => nameOf(member) === name)) return undefined;
  const next = change.before === undefined ? undefined : members.find((member) => nameOf(member) === change.before);
  const start = next ?? first;
  const line = text.slice(text.lastIndexOf('\n', start.offset - 1) + 1, start.offset);
  const own = text.includes('\n') && /^\s*$/.test(line);
  const value = own ? onLines(text, change.value, line) : onOneLine(change.value);
  const member = list ? value : `${JSON.stringify(name)}: ${value}`;
  const between = own ? `,${lineEndOf(text)}${line}` : ', ';
  if (next) return [{ offset: next.offset, length: 0, content: member + between }];
  return [{ offset: last.offset + last.length, length: 0, content: between + member }];
}

/** Where in the text the value at `path` is written; for a state, its name. */
export function rangeOf(text: string, format: Format, path: Path): { from: number; to: number } | undefined {
  if (format === 'json') {
    const root = parseTree(text);
    const node = root && findNodeAtLocation(root, [...path] as JSONPath);
    const shown = node?.parent?.type === 'property' ? node.parent.children?.[0] : node;
    return shown && { from: shown.offset, to: shown.offset + shown.length };
  }
  const document = parseDocument(text);
  const parent = document.getIn(path.slice(0, -1), true);
  const pair = isMap(parent) ? parent.items.find((each) => keyOf(each) === path.at(-1)) : undefined;
  const node = pair ? pair.key : isSeq(parent) ? parent.items[Number(path.at(-1))] : document.contents;
  const range = (node as { range?: [number, number, number] } | null)?.range;
  return range && { from: range[0], to: range[1] };
}

/** The path of what is written at an offset: the state under the cursor is found with it. */
export function pathAt(text: string, format: Format, offset: number): Path {
  if (format === 'json') {
    const root = parseTree(text);
    const node = root && innermost(root, offset);
    return node ? getNodePath(node) : [];
  }
  const found: (string | number)[] = [];
  visit(parseDocument(text), (key, node, ancestors) => {
    const range = isPair(node) ? spanOfPair(node) : (node as { range?: [number, number, number] } | null)?.range;
    if (!range || offset < range[0] || offset > (range[2] ?? range[1])) return isPair(node) || ancestors.length === 0 ? undefined : visit.SKIP;
    const parent = ancestors.at(-1);
    if (isPair(node)) found.push(String(keyOf(node)));
    else if (isSeq(parent) && typeof key === 'number') found.push(key);
    return undefined;
  });
  return found;
}

function spanOfPair(pair: Pair): [number, number, number] | undefined {
  const key = (pair.key as Scalar | null)?.range;
  const value = (pair.value as { range?: [number, number, number] } | null)?.range;
  return key ? [key[0], value?.[1] ?? key[1], value?.[2] ?? key[2]] : undefined;
}

function innermost(node: Node, offset: number): Node | undefined {
  if (offset < node.offset || offset > node.offset + node.length) return undefined;
  for (const child of node.children ?? []) {
    const found = innermost(child, offset);
    if (found) return found;
  }
  return node;
}

/** The same definition in the other format. Comments of YAML have no place in JSON. */
export function convert(text: string, from: Format, to: Format): string {
  if (from === to) return text;
  const { value } = parseText(text, from);
  if (value === undefined) return text;
  return to === 'json' ? `${JSON.stringify(value, null, 2)}\n` : new Document(value).toString({ lineWidth: 0 });
}

/** What is sent to the server, which reads JSON: the text itself when it is JSON. */
export function toJson(text: string, format: Format): string {
  return format === 'json' ? text : convert(text, 'yaml', 'json');
}

export function lineOf(text: string, offset: number): number {
  const counter = new LineCounter();
  counter.addNewLine(0);
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) counter.addNewLine(at + 1);
  return counter.linePos(offset).line;
}

export function rangeOfPointer(text: string, format: Format, location: string): { from: number; to: number } | undefined {
  for (let path = parsePointer(location); ; path = path.slice(0, -1)) {
    const range = rangeOf(text, format, path);
    if (range || path.length === 0) return range;
  }
}
