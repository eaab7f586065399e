/** Takes Amazon resource names apart. */

/** The last part: a machine's, execution's or activity's name. */
export function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1);
}

/** `arn:…:execution:<machine>:<name>` → `<machine>`, which for a child is `<machine>/<label>`. */
export function machineNameOf(executionArn: string): string {
  return executionArn.split(':')[6] ?? '';
}

/** The unqualified machine that an execution, map run, version or alias belongs to. */
export function machineArnOf(arn: string): string {
  const parts = arn.split(':');
  const name = (parts[6] ?? '').split('/')[0] ?? '';
  return [...parts.slice(0, 5), 'stateMachine', name].join(':');
}

export function isExpress(executionArn: string): boolean {
  return executionArn.split(':')[5] === 'express';
}

/** What an ARN of an execution's kind points to in the console, if anything. */
export function isArn(text: string, resource: string): boolean {
  const parts = text.split(':');
  return parts[0] === 'arn' && parts[2] === 'states' && parts[5] === resource && parts.length >= 7;
}
