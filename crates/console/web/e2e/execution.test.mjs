// Executions: watched, failed, redriven, stopped.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkAccessible, close, expectStatus, picture, together, until } from './setup.mjs';

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

test('what happens is seen as it happens, on one stream', async () => {
  const { activityArn } = await shared.call('CreateActivity', { name: 'slow' });
  const arn = await shared.create('live', { StartAt: 'Slow', States: { Slow: { Type: 'Task', Resource: activityArn, Next: 'Done' }, Done: { Type: 'Succeed' } } });
  const { executionArn } = await shared.call('StartExecution', { stateMachineArn: arn });
  const page = await shared.open('/');
  const asked = [];
  page.on('request', (request) => asked.push(request.headers()['x-amz-target'] ?? new URL(request.url()).pathname));
  await page.goto(`${shared.url}/executions/${executionArn}`);
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('button', { name: /^Slow .*Waiting/ }).waitFor();
  const { taskToken } = await shared.call('GetActivityTask', { activityArn, workerName: 'somebody' });
  await page.getByRole('button', { name: /^Slow .*Running/ }).waitFor();
  assert.equal(asked.filter((each) => each.endsWith('/events')).length, 1, asked.join());
  // A page that nobody looks at lets go of its connection, and then catches up.
  const look = (hidden) => page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { value, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
  await look(true);
  await page.getByText('Live', { exact: true }).waitFor({ state: 'detached' });
  await shared.call('SendTaskSuccess', { taskToken, output: '{}' });
  await until(async () => (await shared.call('DescribeExecution', { executionArn })).status === 'SUCCEEDED', 'the execution ends');
  await look(false);
  await page.getByRole('button', { name: /^Done .*Succeeded/ }).waitFor();
  await expectStatus(page, 'Succeeded');
  await page.getByText('Live', { exact: true }).waitFor({ state: 'detached' });
  assert.ok(!asked.includes('AWSStepFunctions.GetExecutionHistory'), asked.join());
  await close(page);
});

test('attempts and iterations are chosen, nested executions are visited, and all of it is run again', async () => {
  const { activityArn } = await shared.call('CreateActivity', { name: 'lift' });
  const child = await shared.create('child', { StartAt: 'Leaf', States: { Leaf: { Type: 'Succeed' } } });
  const lift = { Type: 'Task', Resource: activityArn, Retry: [{ ErrorEquals: ['Slipped'], IntervalSeconds: 1, MaxAttempts: 2 }], End: true };
  const arn = await shared.create('parent', {
    StartAt: 'Each',
    States: {
      Each: { Type: 'Map', MaxConcurrency: 1, ItemProcessor: { StartAt: 'Lift', States: { Lift: lift } }, Next: 'Nested' },
      Nested: { Type: 'Task', Resource: 'arn:aws:states:::states:startExecution.sync:2', Parameters: { StateMachineArn: child, Input: {} }, End: true },
    },
  });
  const { executionArn } = await shared.call('StartExecution', { stateMachineArn: arn, input: '["stone", "feather"]' });
  const page = await shared.open(`/executions/${executionArn}`);
  const take = () => until(async () => (await shared.call('GetActivityTask', { activityArn })).taskToken, 'a task');
  await shared.call('SendTaskFailure', { taskToken: await take(), error: 'Slipped', cause: 'wet' });
  await page.getByRole('button', { name: /^Lift .*(Retrying|Waiting)/ }).waitFor();
  for (const output of ['"stone up"', '"feather up"']) await shared.call('SendTaskSuccess', { taskToken: await take(), output });
  await expectStatus(page, 'Succeeded');

  await page.getByRole('combobox', { name: 'Each' }).selectOption('0');
  await page.getByRole('button', { name: /^Lift .*Succeeded/ }).click();
  const details = page.getByRole('complementary', { name: 'Details' });
  await details.getByText('"stone up"').waitFor();
  await details.getByRole('tab', { name: 'Attempts' }).click();
  await details.getByText('Slipped').first().waitFor();
  await checkAccessible(page, 'attempts');
  await picture(page, 'attempts');
  await page.getByRole('combobox', { name: 'Each' }).selectOption('1');
  await details.getByRole('tab', { name: 'Input & output' }).click();
  await details.getByText('"feather up"').waitFor();
  // The address holds all of it.
  await page.reload();
  await details.getByText('"feather up"').waitFor();

  await page.getByRole('button', { name: /^Nested .*Succeeded/ }).click();
  await details.getByRole('link', { name: /^Execution / }).click();
  await page.getByRole('button', { name: /^Leaf .*Succeeded/ }).waitFor();
  await page.goBack();
  await page.getByRole('button', { name: 'New execution' }).click();
  const input = page.getByRole('dialog').getByRole('textbox', { name: 'Input' });
  assert.deepEqual(JSON.parse(await input.inputValue()), ['stone', 'feather']);
  await input.fill('[]');
  await page.getByRole('dialog').getByRole('button', { name: 'Start execution' }).click();
  await page.waitForURL((url) => url.pathname.includes('/executions/') && !url.pathname.includes(executionArn));
  await expectStatus(page, 'Succeeded');
  await close(page);
});

test('any item of a large Map is looked at, and long errors stay inside the page', async () => {
  const error = 'E'.repeat(250);
  const odd = { Type: 'Choice', Choices: [{ Condition: '{% $states.input = 321 %}', Next: 'Bad' }], Default: 'Good' };
  const processor = { StartAt: 'Odd?', States: { 'Odd?': odd, Bad: { Type: 'Fail', Error: error, Cause: 'line\n'.repeat(2000) }, Good: { Type: 'Succeed' } } };
  const each = { Type: 'Map', Items: '{% [1..400] %}', MaxConcurrency: 1, ItemProcessor: processor, End: true };
  const arn = await shared.create('large', { QueryLanguage: 'JSONata', StartAt: 'Each', States: { Each: each } });
  const { executionArn } = await shared.call('StartExecution', { stateMachineArn: arn });
  const page = await shared.open(`/executions/${executionArn}`);
  await expectStatus(page, 'Failed');
  await page.getByRole('combobox', { name: 'Each' }).selectOption({ label: 'item 320 – failed' });
  await page.getByRole('button', { name: /^Bad .*Failed/ }).waitFor();
  await page.getByRole('spinbutton', { name: 'Item of Each' }).fill('250');
  await page.getByRole('button', { name: /^Good .*Succeeded/ }).click();
  await page.getByRole('complementary', { name: 'Details' }).getByText('251').first().waitFor();
  await checkAccessible(page, 'an item of a large Map');
  await page.setViewportSize({ width: 390, height: 844 });
  await checkAccessible(page, 'a long error on a telephone');
  await close(page);
});

test('an Express machine answers at once', async () => {
  const arn = await shared.create('quick', { QueryLanguage: 'JSONata', StartAt: 'Double', States: { Double: { Type: 'Pass', Output: '{% $states.input * 2 %}', End: true } } }, { type: 'EXPRESS' });
  const page = await shared.open(`/machines/${arn}?tab=executions`);
  await page.getByText('Express executions are not recorded').waitFor();
  await page.getByRole('button', { name: 'Start execution' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Input' }).fill('{');
  await dialog.getByRole('button', { name: 'Start execution' }).and(page.locator(':disabled')).waitFor();
  await dialog.getByRole('textbox', { name: 'Input' }).fill('21');
  await dialog.getByRole('button', { name: 'Start execution' }).click();
  await dialog.getByText('Succeeded').waitFor();
  await dialog.getByRole('region', { name: 'Output' }).getByText('42').waitFor();
  await checkAccessible(page, 'an Express execution');
  await picture(page, 'express');
  await close(page);
});
