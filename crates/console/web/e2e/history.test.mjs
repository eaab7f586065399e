// A history of many thousand events.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { close, counting, together, until } from './setup.mjs';

const shared = together();

test('a history of many thousand events opens at once and scrolls', async () => {
  const arn = await shared.create('long', counting);
  const { executionArn } = await shared.call('StartExecution', { stateMachineArn: arn, input: '{}' });
  await until(async () => (await shared.call('DescribeExecution', { executionArn })).status === 'SUCCEEDED', 'the execution ends');
  const page = await shared.open('/');
  const started = Date.now();
  await page.goto(`${shared.url}/executions/${executionArn}?tab=events`);
  await page.getByText('24,806 events').waitFor();
  console.log(`# 24,806 events opened in ${Date.now() - started} ms`);
  const rows = page.locator('.rows-row');
  await rows.first().waitFor();
  assert.ok((await rows.count()) < 120, 'only visible rows exist');
  // One jump to the end, and the end is there; every page on the way can be had.
  await page.locator('.virtual').evaluate((list) => list.scrollTo(0, list.scrollHeight));
  await page.getByRole('button', { name: /^24806 / }).waitFor();
  await page.getByLabel('Find events').fill('24805');
  await page.getByRole('button', { name: /^24805 / }).waitFor();
  assert.equal(await rows.count(), 1);
  await close(page);
});
