// What somebody sees first: an example that runs, and its history as a film.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkAccessible, close, expectStatus, picture, together } from './setup.mjs';

const shared = together();

test('a first start shows something to try, and one click runs it', async () => {
  const page = await shared.open('/');
  await page.getByText('Nothing here yet').waitFor();
  await checkAccessible(page, 'first start');
  await picture(page, 'first-start');
  await page.getByRole('button', { name: 'Install and run the example' }).click();
  await page.waitForURL(/\/executions\//);
  await page.getByRole('button', { name: /^Check order/ }).waitFor();
  await picture(page, 'running');
  await expectStatus(page, 'Succeeded');
  await page.getByRole('button', { name: /^Ship .*Succeeded/ }).click();
  await page.getByRole('tab', { name: 'Variables' }).click();
  await page.getByText('"total"').first().waitFor();
  await checkAccessible(page, 'execution');
  await picture(page, 'execution');
  for (const view of ['Timeline', 'States', 'Events']) {
    await page.getByRole('tab', { name: view, exact: true }).first().click();
    await checkAccessible(page, view);
    await picture(page, `execution-${view.toLowerCase()}`);
  }
  await close(page);
});

test('the replay shows the past', async () => {
  const { stateMachines } = await shared.call('ListStateMachines', {});
  const { executions } = await shared.call('ListExecutions', { stateMachineArn: stateMachines[0].stateMachineArn });
  const page = await shared.open(`/executions/${executions[0].executionArn}?at=4`, { theme: 'dark' });
  await page.getByRole('button', { name: /^Check order .*(Running|Succeeded)/ }).waitFor();
  assert.equal(await page.getByRole('button', { name: /^Ship .*Succeeded/ }).count(), 0);
  await page.getByRole('slider', { name: 'Moment in the history' }).focus();
  await page.keyboard.press('End');
  await page.getByRole('button', { name: /^Ship .*Succeeded/ }).waitFor();
  await checkAccessible(page, 'execution, dark');
  await picture(page, 'execution-dark');
  await close(page);
});
