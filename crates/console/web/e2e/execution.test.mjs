// Executions: watched, failed, redriven, stopped.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkAccessible, close, expectStatus, picture, together } from './setup.mjs';

const shared = together();

test('a failed execution says why and is redriven', async () => {
  const { activityArn } = await shared.call('CreateActivity', { name: 'pack' });
  const arn = await shared.create('packing', { StartAt: 'Pack', States: { Pack: { Type: 'Task', Resource: activityArn, End: true } } });
  const { executionArn } = await shared.call('StartExecution', { stateMachineArn: arn, input: '{"box": 1}' });
  const page = await shared.open(`/executions/${executionArn}`);
  await page.getByRole('button', { name: /^Pack .*Waiting/ }).waitFor();
  const first = await shared.call('GetActivityTask', { activityArn });
  await shared.call('SendTaskFailure', { taskToken: first.taskToken, error: 'TooHeavy', cause: '<img src=x onerror="globalThis.hacked=1">' });
  await expectStatus(page, 'Failed');
  await page.getByText('TooHeavy').first().waitFor();
  await checkAccessible(page, 'failed execution');
  await picture(page, 'failed');
  await page.getByRole('button', { name: 'Redrive' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Redrive' }).click();
  await expectStatus(page, 'Running');
  const second = await shared.call('GetActivityTask', { activityArn });
  await shared.call('SendTaskSuccess', { taskToken: second.taskToken, output: '"packed"' });
  await expectStatus(page, 'Succeeded');
  await page.getByRole('button', { name: /^Pack .*Succeeded/ }).waitFor();
  await close(page);
});

test('a running execution is stopped, and the command for it can be copied', async () => {
  const arn = await shared.create('waiting', { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 600, End: true } } });
  const { executionArn } = await shared.call('StartExecution', { stateMachineArn: arn });
  const page = await shared.open(`/executions/${executionArn}`);
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('button', { name: 'Copy as CLI' }).click();
  await page.getByText('Command copied').waitFor();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  assert.ok(command.startsWith('aws stepfunctions stop-execution') && command.includes(executionArn), command);
  await page.getByRole('button', { name: 'Stop execution' }).click();
  await expectStatus(page, 'Aborted');
  await close(page);
});
