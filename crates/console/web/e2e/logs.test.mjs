// What functions on this machine print, beside the execution they work for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkAccessible, checkFits, close, expectStatus, picture, together } from './setup.mjs';

const FUNCTION = `
import time

def greet(event, context):
    print("greeting", event["name"])
    if event.get("slowly"):
        for step in range(3):
            time.sleep(0.4)
            print("still greeting", step)
    print("<b>done</b>")
    return {"name": event["name"]}

def count(event, context):
    for n in range(300):
        print("counted to", n)
    return {"name": event["name"]}
`;
const CONFIGURATION = `
[functions.greet]
handler = "app.greet"
folder = "."

[functions.count]
handler = "app.count"
folder = "."
`;
const shared = together({ 'app.py': FUNCTION, 'stepwell.toml': CONFIGURATION });

const task = (FunctionName, more) => ({ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Parameters: { FunctionName, 'Payload.$': '$' }, OutputPath: '$.Payload', ...more });

test('the lines of functions are shown with their states, as they come, and can be filtered and copied', async () => {
  const { activityArn } = await shared.call('CreateActivity', { name: 'hold' });
  const hold = { Type: 'Task', Resource: activityArn, ResultPath: null, Next: 'Count' };
  const arn = await shared.create('greeting', { StartAt: 'Greet', States: { Greet: task('greet', { Next: 'Hold' }), Hold: hold, Count: task('count', { End: true }) } });
  const { executionArn } = await shared.call('StartExecution', { stateMachineArn: arn, input: '{"name": "Ada", "slowly": true}' });
  const page = await shared.open(`/executions/${executionArn}?tab=logs`);
  const line = (text) => page.getByRole('list', { name: 'Log lines' }).getByRole('button', { name: text });
  await line(/Greet greeting Ada/).waitFor();
  await line(/still greeting 2/).waitFor();
  await line('<b>done</b>').waitFor();
  await checkAccessible(page, 'logs');
  await page.getByRole('button', { name: 'Copy log lines' }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /^\d{4}-\S+Z Greet greet greeting Ada\n/);
  assert.equal(copied.trim().split('\n').length, 5, copied);

  const { taskToken } = await shared.call('GetActivityTask', { activityArn });
  await shared.call('SendTaskSuccess', { taskToken, output: 'null' });
  await expectStatus(page, 'Succeeded');
  // Whoever is at the end stays there.
  await line(/Count counted to 299/).waitFor();
  await page.getByText('305 lines').waitFor();
  await picture(page, 'logs');
  await page.getByLabel('Find in logs').fill('to 17');
  await page.getByText('11 lines').waitFor();
  await page.getByLabel('State that printed').selectOption('Greet');
  await page.getByText('No line matches').waitFor();
  await page.getByLabel('Find in logs').fill('');
  await page.getByText('5 lines').waitFor();
  await line('<b>done</b>').click();
  const details = page.getByRole('complementary', { name: 'Details' });
  await details.getByRole('region', { name: 'Text of the line' }).getByText('<b>done</b>').waitFor();
  await checkAccessible(page, 'a log line');
  await details.getByRole('button', { name: 'Show Greet' }).click();
  await details.getByRole('tab', { name: 'Logs' }).click();
  await details.getByRole('region', { name: 'Log lines' }).getByText('still greeting 1').waitFor();
  await page.setViewportSize({ width: 390, height: 844 });
  await checkFits(page, 'logs on a telephone');
  await picture(page, 'logs-narrow');
  await close(page);
});

test('an execution without functions says kindly that there are none', async () => {
  const arn = await shared.create('silent', { StartAt: 'A', States: { A: { Type: 'Succeed' } } });
  const { executionArn } = await shared.call('StartExecution', { stateMachineArn: arn });
  const page = await shared.open(`/executions/${executionArn}?tab=logs`, { theme: 'dark' });
  await page.getByText('Nothing was printed').waitFor();
  await checkAccessible(page, 'no logs');
  await picture(page, 'logs-none-dark');
  await close(page);
});

test('an Express execution shows its lines with its answer', async () => {
  const arn = await shared.create('express-greeting', { StartAt: 'Greet', States: { Greet: task('greet', { End: true }) } }, { type: 'EXPRESS' });
  const page = await shared.open(`/machines/${arn}`);
  await page.getByRole('button', { name: 'Start execution' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Input' }).fill('{"name": "Grace"}');
  await dialog.getByRole('button', { name: 'Start execution' }).click();
  await dialog.getByRole('region', { name: 'Log lines' }).getByText('greeting Grace').waitFor();
  await close(page);
});
