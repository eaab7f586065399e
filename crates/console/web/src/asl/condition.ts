/** Says a Choice rule in a short line, as a person would write it beside an arrow. */
import { asArray, isObject, type Json, type JsonObject } from './types.ts';

const SYMBOLS: [RegExp, string][] = [
  [/LessThanEquals$/, '≤'],
  [/GreaterThanEquals$/, '≥'],
  [/LessThan$/, '<'],
  [/GreaterThan$/, '>'],
  [/Equals$/, '='],
  [/Matches$/, '≈'],
];

const TESTS: Record<string, [string, string]> = {
  IsNull: ['is null', 'is not null'],
  IsPresent: ['is present', 'is absent'],
  IsNumeric: ['is a number', 'is not a number'],
  IsString: ['is a string', 'is not a string'],
  IsBoolean: ['is a boolean', 'is not a boolean'],
  IsTimestamp: ['is a timestamp', 'is not a timestamp'],
};

/** `$.order.total` → `order.total`: the root says nothing to a reader. */
function variable(path: Json | undefined): string {
  return String(path ?? '?').replace(/^\$\.(?=[\p{L}_])/u, '');
}

function comparison(rule: JsonObject): string {
  const operator = Object.keys(rule).find((key) => !['Variable', 'Next', 'Comment', 'Assign', 'Output'].includes(key));
  if (!operator) return 'No condition yet';
  const left = variable(rule['Variable']);
  const value = rule[operator];
  const test = TESTS[operator];
  if (test) return `${left} ${value === false ? test[1] : test[0]}`;
  const symbol = SYMBOLS.find(([suffix]) => suffix.test(operator.replace(/Path$/, '')))?.[1] ?? operator;
  const right = operator.endsWith('Path') ? variable(value) : JSON.stringify(value ?? null);
  return `${left} ${symbol} ${right}`;
}

/** `depth` bounds what a hostile nesting of And/Or/Not can cost. */
function summary(rule: Json | undefined, depth: number): string {
  if (!isObject(rule) || depth > 4) return '…';
  if (rule['Condition'] !== undefined) {
    return String(rule['Condition'])
      .replace(/^\{%\s*|\s*%\}$/g, '')
      .replaceAll('$states.input.', '')
      .replaceAll(/\s+/g, ' ');
  }
  for (const [key, word] of [['And', ' and '], ['Or', ' or ']] as const) {
    if (!rule[key]) continue;
    const parts = asArray(rule[key]).map((part) => summary(part, depth + 1));
    return depth > 0 && parts.length > 1 ? `(${parts.join(word)})` : parts.join(word);
  }
  if (rule['Not']) return `not ${summary(rule['Not'], depth + 1)}`;
  return comparison(rule);
}

export function conditionSummary(rule: Json | undefined): string {
  return summary(rule, 0);
}
