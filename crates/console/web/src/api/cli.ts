/** Says an API call as the AWS CLI command that does the same. */

/** `maxResults` → `max-results`, `StartExecution` → `start-execution`. */
function kebab(name: string): string {
  return name.replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
}

/** Single quotes keep everything literal in a POSIX shell; a quote itself needs a detour. */
export function shellQuote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The command that starts what another command creates: its account and region are those of the caller. */
export function cliCreateAndStart(creation: Record<string, unknown>, input: string, origin = location.origin): string {
  const created = `$(${cliCommand('CreateStateMachine', creation, origin)} \\\n  --query stateMachineArn --output text)`;
  return [`aws stepfunctions start-execution`, `--endpoint-url ${shellQuote(origin)}`, `--state-machine-arn "${created}"`, `--input ${shellQuote(input)}`].join(' \\\n  ');
}

export function cliCommand(operation: string, input: Record<string, unknown>, origin = location.origin): string {
  const parts = [`aws stepfunctions ${kebab(operation)}`, `--endpoint-url ${shellQuote(origin)}`];
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined) continue;
    const flag = `--${kebab(name)}`;
    if (typeof value === 'boolean') parts.push(value ? flag : `--no-${kebab(name)}`);
    else parts.push(`${flag} ${shellQuote(typeof value === 'object' ? JSON.stringify(value) : String(value))}`);
  }
  return parts.join(' \\\n  ');
}
