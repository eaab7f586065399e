/** The parts of the Amazon States Language that the console draws and edits. */

/** Where something is inside a definition: object keys and array indices from the root. */
export type Path = readonly (string | number)[];

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

export const STATE_TYPES = ['Task', 'Choice', 'Parallel', 'Map', 'Pass', 'Wait', 'Succeed', 'Fail'] as const;
export type StateType = (typeof STATE_TYPES)[number];

export type QueryLanguage = 'JSONPath' | 'JSONata';

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function asString(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function asArray(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

/** A JSON pointer (RFC 6901): the identity of a state within its definition. */
export function pointer(path: Path): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The path that a JSON pointer names; array positions come back as numbers. */
export function parsePointer(text: string): Path {
  if (text === '' || text === '/') return [];
  return text
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/** The value at `path`, or undefined when the definition has nothing there. */
export function at(root: Json | undefined, path: Path): Json | undefined {
  let value = root;
  for (const part of path) {
    if (Array.isArray(value)) value = value[Number(part)];
    else if (isObject(value)) value = Object.hasOwn(value, String(part)) ? value[String(part)] : undefined;
    else return undefined;
  }
  return value;
}

/** The query language in force for a state: its own, else the machine's, else JSONPath. */
export function queryLanguageOf(definition: Json | undefined, state: Json | undefined): QueryLanguage {
  const own = isObject(state) ? state['QueryLanguage'] : undefined;
  const whole = isObject(definition) ? definition['QueryLanguage'] : undefined;
  return (own ?? whole) === 'JSONata' ? 'JSONata' : 'JSONPath';
}
