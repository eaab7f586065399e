/** Asks the server's checker about the text, and says where in the text its answers are. */
import { useEffect, useState } from 'react';
import { consoleCall } from '../../api/client.ts';
import type { MachineType } from '../../api/operations.ts';
import { lineOf, rangeOfPointer } from '../../asl/document.ts';
import { pointer } from '../../asl/types.ts';
import type { Snapshot } from './session.ts';

export interface Diagnostic {
  severity: 'ERROR' | 'WARNING';
  code: string;
  message: string;
  location?: string;
  start: number;
  end: number;
  line: number;
  column: number;
  help?: string;
}

export interface Completion {
  label: string;
  kind: string;
  detail?: string;
  insert: string;
  start: number;
  end: number;
}

interface Checked {
  diagnostics: Diagnostic[];
  completions?: Completion[];
}

/** A diagnostic with where it is in the text as it is shown, in UTF-16 units. */
export interface Problem {
  severity: 'error' | 'warning';
  code: string;
  message: string;
  help: string;
  from: number;
  to: number;
  line: number;
  /** The JSON pointer of the state that it is in. */
  state: string | undefined;
}

const DEBOUNCE_MS = 250;

/** `byte` of the UTF-8 of `text` as an index into `text`. */
export function indexOfByte(text: string, byte: number): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index++) {
    if (bytes >= byte) return index;
    const code = text.codePointAt(index) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
    if (code > 0xffff) index++;
  }
  return text.length;
}

export function byteOfIndex(text: string, index: number): number {
  return new TextEncoder().encode(text.slice(0, index)).length;
}

/** AWS writes `Choices[0]`; a JSON pointer has a part of its own for the index. */
function asPointer(location: string): string {
  return location.replaceAll(/\[(\d+)\]/g, '/$1');
}

/** `/States/A/Branches/0/States/B/Next` → the pointer of the innermost state. */
function stateOf(location: string | undefined): string | undefined {
  const found = location === undefined ? null : /^(.*\/States\/[^/]+)/.exec(asPointer(location));
  return found?.[1];
}

function problemOf(diagnostic: Diagnostic, json: string, shot: Snapshot): Problem {
  let from: number;
  let to: number;
  if (shot.format === 'json') {
    from = indexOfByte(json, diagnostic.start);
    to = Math.max(from + 1, indexOfByte(json, diagnostic.end));
  } else {
    const range = rangeOfPointer(shot.text, shot.format, asPointer(diagnostic.location ?? ''));
    from = range?.from ?? 0;
    to = range?.to ?? 1;
  }
  return {
    severity: diagnostic.severity === 'ERROR' ? 'error' : 'warning',
    code: diagnostic.code,
    message: diagnostic.message,
    help: diagnostic.help ?? '',
    from: Math.min(from, shot.text.length),
    to: Math.min(to, shot.text.length),
    line: shot.format === 'json' ? diagnostic.line : lineOf(shot.text, from),
    state: stateOf(diagnostic.location),
  };
}

export function useProblems(shot: Snapshot, json: () => string, type: MachineType): Problem[] {
  const [problems, setProblems] = useState<Problem[]>([]);
  useEffect(() => {
    if (shot.problem && shot.format === 'yaml') {
      const { message, from, to } = shot.problem;
      setProblems([{ severity: 'error', code: 'INVALID_YAML', message, help: '', from, to, line: lineOf(shot.text, from), state: undefined }]);
      return;
    }
    const abort = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const text = json();
        const checked = await consoleCall<Checked>('definition', { text, type }, abort.signal);
        setProblems(checked.diagnostics.map((each) => problemOf(each, text, shot)));
      } catch {
        // The next keystroke asks again; saving is checked by the server anyway.
      }
    }, DEBOUNCE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
    // biome-ignore lint/correctness/useExhaustiveDependencies: only the text matters
  }, [shot.text, shot.format, type]);
  return problems;
}

export async function complete(text: string, index: number, type: MachineType, signal: AbortSignal): Promise<Completion[]> {
  const checked = await consoleCall<Checked>('definition', { text, type, offset: byteOfIndex(text, index) }, signal);
  return (checked.completions ?? []).map((each) => ({ ...each, start: indexOfByte(text, each.start), end: indexOfByte(text, each.end) }));
}

/** The problems of a state and of what is inside it, for its badge. */
export function worstOf(problems: readonly Problem[], path: readonly (string | number)[]): 'error' | 'warning' | undefined {
  const own = pointer(path);
  const mine = problems.filter((each) => each.state === own);
  if (mine.some((each) => each.severity === 'error')) return 'error';
  return mine.length > 0 ? 'warning' : undefined;
}
