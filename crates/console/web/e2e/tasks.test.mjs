// The task inbox.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkAccessible, close, picture, together } from './setup.mjs';

const shared = together();

test('a person approves a task', async () => {
  const { activityArn } = await shared.call('CreateActivity', { name: 'approve' });
  const arn = await shared.create('approval', { StartAt: 'Ask', States: { Ask: { Type: 'Task', Resource: activityArn, End: true } } });
  const { executionArn } = await shared.call('StartExecution', { stateMachineArn: arn, input: '{"amount": 950}' });
  const page = await shared.open(`/tasks`);
  await page.getByRole('button', { name: 'Approve Ask' }).waitFor();
  await checkAccessible(page, 'tasks');
  await picture(page, 'tasks');
  await page.getByRole('button', { name: 'Approve Ask' }).click();
  // What is no JSON is said before the task is taken from the workers.
  await page.getByLabel('Output (JSON)').fill('{"approved": tru}');
  await page.getByText('Line 1, column 14').waitFor();
  assert.ok(await page.getByRole('dialog').getByRole('button', { name: 'Approve', exact: true }).isDisabled());
  await page.getByRole('button', { name: 'Copy as CLI' }).click();
  await page.getByText('Command copied').waitFor();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(command, /^aws stepfunctions send-task-success [^]*--task-token "\$\(aws stepfunctions get-activity-task [^]*:activity:approve [^]*--query taskToken --output text\)"/);
  await page.getByLabel('Output (JSON)').fill('{"approved": true, "by": "me"}');
  await page.getByRole('dialog').getByRole('button', { name: 'Approve', exact: true }).click();
  await page.getByText('Ask approved').waitFor();
  const { output } = await shared.call('DescribeExecution', { executionArn });
  assert.deepEqual(JSON.parse(output), { approved: true, by: 'me' });
  await close(page);
});

test('a page says when the server is away', async () => {
  const page = await shared.open('/tasks', { tolerated: /ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/ });
  await page.getByRole('heading', { name: 'Tasks', exact: true }).waitFor();
  shared.server.stop();
  await page.getByText('The server does not answer').first().waitFor();
  await checkAccessible(page, 'away');
  await picture(page, 'away');
  await close(page);
});
