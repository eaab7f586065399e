// Every action can be had as a command of the AWS CLI, and what the command says is what the action does.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkAccessible, close, ROLE, together } from './setup.mjs';

const shared = together();

/** Presses the button of `scope` that copies, and gives the words of the command. */
async function copied(page, scope) {
  await page.evaluate(() => navigator.clipboard.writeText(''));
  await scope.getByRole('button', { name: 'Copy as CLI' }).click();
  await page.getByText('Command copied').last().waitFor();
  return await page.evaluate(() => navigator.clipboard.readText());
}

test('the example is installed and run by one command', async () => {
  const page = await shared.open('/');
  await page.getByText('Nothing here yet').waitFor();
  const first = await copied(page, page);
  // What the shell makes of it: the words that the program would be given.
  const [outer, inner] = [first, /\$\(([^]*) --output text\)"/.exec(first)?.[0].slice(2) ?? ''];
  assert.ok(outer.startsWith('aws stepfunctions start-execution ') && inner.startsWith('aws stepfunctions create-state-machine '), first);
  assert.ok(inner.includes('--query stateMachineArn --output text') && inner.includes('--name order-example') && inner.includes(`--endpoint-url ${shared.url}`), inner);
  const folder = mkdtempSync(join(tmpdir(), 'stepwell-aws-'));
  // In place of the AWS CLI: tells what it was given, and answers as it would.
  writeFileSync(join(folder, 'aws'), `#!/usr/bin/env node
const given = process.argv.slice(2);
require('node:fs').appendFileSync(${JSON.stringify(join(folder, 'calls'))}, JSON.stringify(given) + '\\n');
console.log('arn:of:' + given[1]);
`, { mode: 0o755 });
  execFileSync('bash', ['-c', first], { env: { ...process.env, PATH: `${folder}:${process.env.PATH}` } });
  const [creation, start] = readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  rmSync(folder, { recursive: true });
  assert.equal(JSON.parse(creation[creation.indexOf('--definition') + 1]).StartAt, 'Check order');
  assert.equal(start[start.indexOf('--state-machine-arn') + 1], 'arn:of:create-state-machine');
  assert.equal(JSON.parse(start[start.indexOf('--input') + 1]).customer, 'c-17');
  await shared.create('another', { StartAt: 'A', States: { A: { Type: 'Succeed' } } });
  await page.reload();
  await page.getByRole('button', { name: 'Copy running the example as CLI' }).click();
  await page.getByText('Command copied').last().waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), first);
  await close(page);
});

test('each action copies its command', async () => {
  const arn = await shared.create('commanded', { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 600, End: true } } });
  const { stateMachineVersionArn } = await shared.call('PublishStateMachineVersion', { stateMachineArn: arn });
  const { stateMachineAliasArn } = await shared.call('CreateStateMachineAlias', { name: 'live', routingConfiguration: [{ stateMachineVersionArn, weight: 100 }] });
  await shared.call('TagResource', { resourceArn: arn, tags: [{ key: 'old', value: '1' }] });
  const { executionArn } = await shared.call('StartExecution', { stateMachineArn: arn });
  const { activityArn } = await shared.call('CreateActivity', { name: 'approve' });
  const asking = await shared.create('asking', { StartAt: 'Ask', States: { Ask: { Type: 'Task', Resource: activityArn, End: true } } });
  await shared.call('StartExecution', { stateMachineArn: asking, name: 'the-one' });
  const failing = await shared.create('failing', { StartAt: 'No', States: { No: { Type: 'Fail', Error: 'No' } } });
  const failed = await shared.call('StartExecution', { stateMachineArn: failing });

  const press = (name) => (page) => page.getByRole('button', { name, exact: true }).first().click();
  const more = (name, item) => async (page) => {
    await press(name)(page);
    await page.getByRole('menuitem', { name: item }).click();
  };
  // Where, what is pressed there, and how the command begins and what it names.
  const actions = [
    [`/machines/${arn}`, press('Start execution'), 'start-execution', arn],
    [`/machines/${arn}`, more('More actions', 'Delete'), 'delete-state-machine', arn],
    [`/machines/${arn}`, more('More actions', 'Edit tags'), 'tag-resource', arn],
    [`/machines/${arn}?tab=versions`, press('Publish version'), 'publish-state-machine-version', arn],
    [`/machines/${arn}?tab=versions`, press('Start version 1'), 'start-execution', stateMachineVersionArn],
    [`/machines/${arn}?tab=versions`, press('Delete version 1'), 'delete-state-machine-version', stateMachineVersionArn],
    [`/machines/${arn}?tab=aliases`, press('Create alias'), 'create-state-machine-alias', 'routing-configuration'],
    [`/machines/${arn}?tab=aliases`, press('Edit live'), 'update-state-machine-alias', stateMachineAliasArn],
    [`/machines/${arn}?tab=aliases`, press('Delete live'), 'delete-state-machine-alias', stateMachineAliasArn],
    [`/executions/${executionArn}`, press('Stop'), 'stop-execution', executionArn],
    [`/executions/${executionArn}`, press('New execution'), 'start-execution', arn],
    [`/executions/${failed.executionArn}`, press('Redrive'), 'redrive-execution', failed.executionArn],
    ['/tasks', press('Approve Ask'), 'send-task-success', 'task-token'],
    ['/tasks', press('Reject Ask'), 'send-task-failure', 'task-token'],
  ];
  const page = await shared.open('/');
  for (const [path, act, command, names] of actions) {
    await page.goto(shared.url + path);
    await act(page);
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await checkAccessible(page, `the dialog for ${command}`);
    const text = await copied(page, dialog);
    assert.ok(text.startsWith(`aws stepfunctions ${command} `) && text.includes(names) && text.includes(`--endpoint-url ${shared.url}`), text);
  }
  await page.goto(`${shared.url}/machines/${arn}`);
  await more('More actions', 'Edit tags')(page);
  await page.getByRole('dialog').getByRole('textbox').fill('new=2');
  assert.match(await copied(page, page.getByRole('dialog')), /^aws stepfunctions untag-resource [^]*old[^]*\naws stepfunctions tag-resource [^]*new/);
  await page.goto(`${shared.url}/machines/${arn}/edit`);
  await page.getByRole('button', { name: 'JSON' }).click();
  await page.getByRole('menuitem', { name: 'Copy saving as CLI' }).click();
  await page.getByText('Command copied').last().waitFor();
  const saving = await page.evaluate(() => navigator.clipboard.readText());
  assert.ok(saving.startsWith('aws stepfunctions update-state-machine ') && saving.includes(ROLE), saving);
  await page.getByRole('button', { name: /^Wait Wait ·/ }).click();
  await page.getByRole('tab', { name: 'Test' }).click();
  assert.match(await copied(page, page), /^aws stepfunctions test-state [^]*--state-name Wait/);
  await close(page);
});
