/** Edits YAML by splicing its text: comments, quotes, blank lines and the order of everything else stay
 * to the letter, which writing the whole document anew would not promise. */
import { Document, isCollection, isMap, isPair, isScalar, isSeq, type Pair, parseDocument, type ParsedNode, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Change } from './document.ts';
import { isObject, type Json, type Path } from './types.ts';

export function editYaml(text: string, change: Change): string {
  const document = parseDocument(text);
  if (document.errors.length > 0) return text;
  const parent = document.getIn(change.path.slice(0, -1), true);
  const key = change.path.at(-1);
  if (change.path.length === 0) return change.op === 'set' ? write(change.value) : text;
  if (isCollection(parent) && parent.flow) return inFlow(text, document, parent as Collection, change);
  if (isMap(parent)) {
    const pair = parent.items.find((each) => keyOf(each) === key);
    if (change.op === 'rename') return pair ? splice(text, spanOf(pair.key), scalar(change.name)) : text;
    if (change.op === 'remove') return pair ? removeLines(text, parent, pair) : text;
    return pair ? replaceValue(text, pair, change.value) : insertPair(text, parent, String(key), change);
  }
  if (isSeq(parent)) return inSequence(text, document, parent, change);
  // The parent is not there yet, or is an empty value: it is made along with the child.
  if (change.op === 'set' && change.path.length > 1) {
    return editYaml(text, { op: 'set', path: change.path.slice(0, -1), value: typeof key === 'number' ? [change.value] : { [String(key)]: change.value } });
  }
  return text;
}

function keyOf(pair: Pair): unknown {
  return isScalar(pair.key) ? pair.key.value : pair.key;
}

interface Span {
  from: number;
  to: number;
}

function spanOf(node: unknown): Span {
  const range = (node as ParsedNode | null)?.range;
  return { from: range?.[0] ?? 0, to: range?.[1] ?? 0 };
}

function splice(text: string, { from, to }: Span, insert: string): string {
  return text.slice(0, from) + insert + text.slice(to);
}

function write(value: Json): string {
  return new Document(value).toString({ lineWidth: 0 });
}

/** One scalar on one line. */
function scalar(value: Json): string {
  const line = write(value).trimEnd();
  return line.includes('\n') ? JSON.stringify(value) : line;
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** After the line break that ends the line of `offset`. */
function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

function indented(lines: string, column: number): string {
  return lines.replaceAll(/^(?=.)/gm, ' '.repeat(column));
}

/** Where a node's own text ends. Block scalars and collections count up to their last line. */
function endOf(node: unknown, fallback: number): number {
  if (isCollection(node) && !node.flow) {
    const last = node.items.at(-1);
    if (last !== undefined) return isMap(node) ? endOf((last as Pair).value, spanOf((last as Pair).key).to) : endOf(last, fallback);
  }
  const span = spanOf(node);
  return node === null || node === undefined || span.to === 0 ? fallback : Math.max(fallback, span.to);
}

/** The whole lines of a pair. A block scalar's range already includes its last line break. */
function linesOf(text: string, from: number, end: number): Span {
  return { from: lineStart(text, from), to: text[end - 1] === '\n' ? end : lineEnd(text, end) };
}

function pairEnd(pair: Pair): number {
  return endOf(pair.value, spanOf(pair.key).to);
}

function replaceValue(text: string, pair: Pair, value: Json): string {
  const key = spanOf(pair.key);
  const simple = typeof value !== 'object' || value === null || Object.keys(value).length === 0;
  const old = pair.value;
  if (simple && isScalar(old) && spanOf(old).to > spanOf(old).from && !text.slice(spanOf(old).from, spanOf(old).to).includes('\n')) return splice(text, spanOf(old), quotedLike(text, old, value));
  const colon = text.indexOf(':', key.to) + 1;
  const end = Math.max(colon, pairEnd(pair));
  const cut = text[end - 1] === '\n' ? end - 1 : end;
  return splice(text, { from: colon, to: cut }, after(value, columnOf(text, key.from)));
}

/** Strings stay in the quotes they were written in. */
function quotedLike(text: string, old: Scalar, value: Json): string {
  const quote = text[spanOf(old).from];
  if (typeof value !== 'string') return scalar(value);
  if (quote === '"') return JSON.stringify(value);
  if (quote === "'" && !/[\n\r]/.test(value)) return `'${value.replaceAll("'", "''")}'`;
  return scalar(value);
}

/** What stands after `key:`; collections begin on the next line. */
function after(value: Json, column: number): string {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return ` ${scalar(value)}`;
  return `\n${indented(write(value).trimEnd(), column + 2)}`;
}

function entry(key: string, value: Json, column: number): string {
  return `${' '.repeat(column)}${scalar(key)}:${after(value, column)}\n`;
}

function insertPair(text: string, map: YAMLMap, key: string, change: Extract<Change, { op: 'set' }>): string {
  const first = map.items[0];
  if (!first) return splice(text, spanOf(map), `\n${entry(key, change.value, 2)}`);
  const column = columnOf(text, spanOf(first.key).from);
  const next = change.before === undefined ? undefined : map.items.find((each) => keyOf(each) === change.before);
  if (next && next !== first) {
    let at = lineStart(text, spanOf(next.key).from);
    // Comments above a key belong to it.
    while (at > 0 && /^\s*#/.test(text.slice(lineStart(text, at - 1), at))) at = lineStart(text, at - 1);
    return splice(text, { from: at, to: at }, entry(key, change.value, column));
  }
  if (next) {
    // Before the first key nothing but the key's own place is safe: `- ` may stand before it.
    const from = spanOf(first.key).from;
    return splice(text, { from, to: from }, `${entry(key, change.value, column).trimStart()}${' '.repeat(column)}`);
  }
  const last = map.items.at(-1) as Pair;
  const end = linesOf(text, spanOf(last.key).from, pairEnd(last)).to;
  const broken = end > 0 && text[end - 1] === '\n';
  return splice(text, { from: end, to: end }, `${broken ? '' : '\n'}${entry(key, change.value, column)}`);
}

function removeLines(text: string, map: YAMLMap, pair: Pair): string {
  if (map.items.length === 1) {
    const from = spanOf(pair.key).from;
    const end = pairEnd(pair);
    return splice(text, { from, to: text[end - 1] === '\n' ? end - 1 : end }, '{}');
  }
  const key = spanOf(pair.key).from;
  const lines = linesOf(text, key, pairEnd(pair));
  // The first key of a map inside a sequence stands on the line of its dash.
  if (map.items[0] === pair && /\S/.test(text.slice(lines.from, key))) return splice(text, { from: key, to: spanOf(map.items[1]?.key).from }, '');
  return splice(text, lines, '');
}

function inSequence(text: string, document: Document, list: YAMLSeq, change: Change): string {
  const index = Number(change.path.at(-1));
  const item = list.items[index];
  const first = list.items[0];
  const from = first === undefined ? spanOf(list).from : text.lastIndexOf('-', spanOf(first).from);
  const column = columnOf(text, from);
  const dashed = (value: Json) => `${' '.repeat(column)}- ${indented(write(value).trimEnd(), column + 2).trimStart()}\n`;
  if (item === undefined) {
    if (change.op !== 'set') return text;
    const last = list.items.at(-1);
    const end = linesOf(text, spanOf(last).from, endOf(last, spanOf(last).from)).to;
    return splice(text, { from: end, to: end }, `${text[end - 1] === '\n' ? '' : '\n'}${dashed(change.value)}`);
  }
  const lines = linesOf(text, spanOf(item).from, endOf(item, spanOf(item).from));
  if (change.op === 'set') return splice(text, lines, dashed(change.value));
  if (change.op === 'remove' && list.items.length > 1) return splice(text, lines, '');
  if (change.op !== 'remove') return text;
  // Its dash may stand in the column of its key, where nothing else may stand.
  const pair = holderOf(document, change.path.slice(0, -1));
  return pair ? replaceValue(text, pair, []) : splice(text, { from, to: text[lines.to - 1] === '\n' ? lines.to - 1 : lines.to }, '[]');
}

/** Inside `{ … }` or `[ … ]` what changes is put into its line; only an empty collection takes lines of its own. */
function inFlow(text: string, document: Document, parent: Collection, change: Change): string {
  const key = change.path.at(-1);
  const index = isMap(parent) ? parent.items.findIndex((each) => keyOf(each) === key) : Number(key);
  const item = parent.items[index] as Pair | ParsedNode | undefined;
  if (change.op === 'set' && parent.items.length === 0) return grown(text, document, parent, change);
  if (change.op === 'set') return item === undefined ? flowInsert(text, parent, change) : flowReplace(text, item, change.value);
  if (item === undefined) return text;
  if (change.op === 'rename') return isPair(item) ? splice(text, spanOf(item.key), inline(change.name)) : text;
  return flowRemove(text, parent, index);
}

type Collection = YAMLMap | YAMLSeq;

function flowSpan(item: unknown): Span {
  if (!isPair(item)) return spanOf(item);
  const key = spanOf(item.key);
  return { from: key.from, to: Math.max(key.to, spanOf(item.value).to) };
}

function flowInsert(text: string, parent: Collection, change: Extract<Change, { op: 'set' }>): string {
  const made = isMap(parent) ? `${inline(String(change.path.at(-1)))}: ${inline(change.value)}` : inline(change.value);
  const next = change.before === undefined || !isMap(parent) ? undefined : parent.items.find((each) => keyOf(each) === change.before);
  const from = next ? flowSpan(next).from : flowSpan(parent.items.at(-1)).to;
  return splice(text, { from, to: from }, next ? `${made}, ` : `, ${made}`);
}

function flowReplace(text: string, item: Pair | ParsedNode, value: Json): string {
  const old = isPair(item) ? item.value : item;
  const { from, to } = spanOf(old);
  const quoted = typeof value === 'string' && text[from] === '"' ? JSON.stringify(value) : inline(value);
  // `{ key }` and `{ key: }` say nothing that could be replaced.
  if (isPair(item) && to <= from) return splice(text, flowSpan(item), `${inline(String(keyOf(item)))}: ${quoted}`);
  return splice(text, { from, to }, quoted);
}

function flowRemove(text: string, parent: Collection, index: number): string {
  const [before, here, next] = [parent.items[index - 1], parent.items[index], parent.items[index + 1]].map((each) => (each === undefined ? undefined : flowSpan(each)));
  if (here && next) return splice(text, { from: here.from, to: next.from }, '');
  if (here && before) return splice(text, { from: before.to, to: here.to }, '');
  return splice(text, spanOf(parent), isMap(parent) ? '{}' : '[]');
}

/** An empty collection may grow: it then takes lines of its own, unless it stands in a line itself. */
function grown(text: string, document: Document, parent: Collection, change: Extract<Change, { op: 'set' }>): string {
  const path: Path = change.path.slice(0, -1);
  const next: Json = isMap(parent) ? { [String(change.path.at(-1))]: change.value } : [change.value];
  const pair = holderOf(document, path);
  if (pair) return replaceValue(text, pair, next);
  return path.length === 0 ? write(next) : splice(text, spanOf(parent), inline(next));
}

/** The pair, on lines of its own, whose value is at `path`. */
function holderOf(document: Document, path: Path): Pair | undefined {
  const holder = document.getIn(path.slice(0, -1), true);
  return path.length > 0 && isMap(holder) && !holder.flow ? holder.items.find((each) => keyOf(each) === path.at(-1)) : undefined;
}

/** On one line, such that it is read back as the same wherever in a line it stands. */
function inline(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (isObject(value)) {
    const members = Object.entries(value).map(([key, member]) => `${inline(key)}: ${inline(member)}`);
    return members.length > 0 ? `{ ${members.join(', ')} }` : '{}';
  }
  return typeof value === 'string' && /^[A-Za-z$][\w./$-]*$/.test(value) && scalar(value) === value ? value : JSON.stringify(value);
}
