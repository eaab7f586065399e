/** Says an API call as the AWS CLI command that does the same. */

/** `maxResults` → `max-results`, `StartExecution` → `start-execution`. */
function kebab(name: string): string {
  return name.replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
}

/** Single quotes keep everything literal in a POSIX shell; a quote itself needs a detour. */
export function shellQuote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A value that only another command gives: what it answers as `member`. */
export class AnswerOf {
  constructor(
    readonly operation: string,
    readonly input: Record<string, unknown>,
    readonly member: string,
  ) {}
}

export function cliCommand(operation: string, input: Record<string, unknown>, origin = location.origin): string {
  const parts = [`aws stepfunctions ${kebab(operation)}`, `--endpoint-url ${shellQuote(origin)}`];
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined) continue;
    const flag = `--${kebab(name)}`;
    if (value instanceof AnswerOf) parts.push(`${flag} "$(${cliCommand(value.operation, value.input, origin)} \\\n  --query ${value.member} --output text)"`);
    else if (typeof value === 'boolean') parts.push(value ? flag : `--no-${kebab(name)}`);
    else parts.push(`${flag} ${shellQuote(typeof value === 'object' ? JSON.stringify(value) : String(value))}`);
  }
  return parts.join(' \\\n  ');
}
