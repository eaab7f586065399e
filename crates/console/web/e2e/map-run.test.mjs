// The page of a distributed Map at work.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkAccessible, close, expectStatus, picture, together, until } from './setup.mjs';

const shared = together();

test('a map run is watched, its limits are changed while it runs, and its children are visited', async () => {
  const { activityArn } = await shared.call('CreateActivity', { name: 'pack' });
  const processor = { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, StartAt: 'Pack', States: { Pack: { Type: 'Task', Resource: activityArn, End: true } } };
  const arn = await shared.create('packing', {
    QueryLanguage: 'JSONata',
    StartAt: 'Each',
    States: { Each: { Type: 'Map', Items: '{% $states.input %}', MaxConcurrency: 2, ToleratedFailureCount: 0, ItemProcessor: processor, End: true } },
  });
  const { executionArn } = await shared.call('StartExecution', { stateMachineArn: arn, input: '[1, 2, 3, 4, 5]' });
  const page = await shared.open(`/executions/${executionArn}`);
  await page.getByRole('button', { name: /^Each .*Running/ }).click();
  await page.getByRole('link', { name: 'Map run' }).click();
  await page.getByRole('heading', { name: 'Map run' }).waitFor();
  const items = page.getByRole('img', { name: /^Succeeded 0, Running 2, Failed 0, Timed out 0, Aborted 0, Pending 3/ });
  await items.first().waitFor();
  assert.equal(await page.getByRole('table').getByText('Running').count(), 2);
  await checkAccessible(page, 'map run');
  await picture(page, 'map-run');

  await page.getByRole('button', { name: 'Change limits' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Concurrency').fill('5');
  await dialog.getByLabel('Tolerated failures').first().fill('2');
  await picture(page, 'map-run-limits');
  await dialog.getByRole('button', { name: 'Change limits' }).click();
  await page.getByRole('img', { name: /^Succeeded 0, Running 5, / }).first().waitFor();
  const { mapRuns } = await shared.call('ListMapRuns', { executionArn });
  const { mapRunArn } = mapRuns[0];
  const run = await shared.call('DescribeMapRun', { mapRunArn });
  assert.deepEqual([run.maxConcurrency, run.toleratedFailureCount], [5, 2]);

  for (let done = 0; done < 5; done++) {
    const { taskToken } = await until(async () => {
      const task = await shared.call('GetActivityTask', { activityArn });
      return task.taskToken ? task : undefined;
    }, 'a task');
    if (done < 2) await shared.call('SendTaskFailure', { taskToken, error: 'TooHeavy' });
    else await shared.call('SendTaskSuccess', { taskToken, output: '"packed"' });
  }
  await expectStatus(page, 'Succeeded');
  await page.getByRole('img', { name: /^Succeeded 3, Running 0, Failed 2, / }).first().waitFor();
  await page.getByText('5 of 5 done').first().waitFor();
  await page.getByLabel('Status').selectOption('Failed');
  await until(async () => (await page.getByRole('table').getByRole('link').count()) === 2, 'the failed children alone');
  await picture(page, 'map-run-ended');
  await page.getByRole('table').getByRole('link').first().click();
  await page.getByText('TooHeavy').first().waitFor();
  await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'Map run' }).click();
  await page.getByRole('heading', { name: 'Map run' }).waitFor();
  await close(page);
});
