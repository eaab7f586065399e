// The console in a real browser against the built binary: node --test e2e/
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { checkAccessible, client, close, expectStatus, open, picture, startBrowser, startServer } from './setup.mjs';

const ROLE = 'arn:aws:iam::000000000000:role/stepwell';
let server;
let browser;
let call;

before(async () => {
  server = await startServer();
  call = client(server.url);
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  server?.stop();
});

const create = async (name, definition) => (await call('CreateStateMachine', { name, roleArn: ROLE, definition: JSON.stringify(definition) })).stateMachineArn;

test('a first start shows something to try, and one click runs it', async () => {
  const page = await open(browser, server.url);
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
  const { stateMachines } = await call('ListStateMachines', {});
  const { executions } = await call('ListExecutions', { stateMachineArn: stateMachines[0].stateMachineArn });
  const page = await open(browser, `${server.url}/executions/${executions[0].executionArn}?at=4`, { theme: 'dark' });
  await page.getByRole('button', { name: /^Check order .*(Running|Succeeded)/ }).waitFor();
  assert.equal(await page.getByRole('button', { name: /^Ship .*Succeeded/ }).count(), 0);
  await page.getByRole('slider', { name: 'Moment in the history' }).focus();
  await page.keyboard.press('End');
  await page.getByRole('button', { name: /^Ship .*Succeeded/ }).waitFor();
  await checkAccessible(page, 'execution, dark');
  await picture(page, 'execution-dark');
  await close(page);
});

test('a machine is built on the canvas, saved, run and watched', async () => {
  const page = await open(browser, `${server.url}/new`);
  const palette = page.getByRole('complementary', { name: 'States to add' });
  await palette.getByRole('button', { name: /^Pass/ }).click();
  await page.getByRole('button', { name: /^Pass Pass, Pass state/ }).waitFor();
  await page.getByLabel('Name', { exact: true }).fill('Prepare');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /^Prepare/ }).waitFor();
  await palette.getByRole('button', { name: /^Wait/ }).click();
  await page.getByLabel('Seconds', { exact: true }).fill('1');
  // Dragged onto the edge between the start and the first state.
  const zone = page.locator('[data-drop="/StartAt"]');
  const transfer = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.setData('application/x-stepwell-template', JSON.stringify({ name: 'Choice', state: { Type: 'Choice', Choices: [] } }));
    return data;
  });
  await zone.dispatchEvent('dragover', { dataTransfer: transfer });
  await zone.dispatchEvent('drop', { dataTransfer: transfer });
  await page.getByRole('button', { name: /^Choice Choice/ }).waitFor();
  await page.getByLabel('Condition').fill('{% $exists($states.input.skip) %}');
  await page.getByLabel('Then go to').selectOption('Wait');
  await checkAccessible(page, 'editor');
  await picture(page, 'editor');

  await page.getByRole('button', { name: 'Undo' }).click();
  assert.equal(await page.getByLabel('Then go to').inputValue(), 'Prepare');
  await page.getByRole('button', { name: 'Redo' }).click();
  await page.getByRole('tab', { name: 'Settings' }).click();
  await page.getByLabel('Name').fill('built-by-hand');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('heading', { name: 'built-by-hand' }).waitFor();
  await page.getByRole('button', { name: 'Start execution' }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Start execution' }).click();
  await page.waitForURL(/\/executions\//);
  await page.getByRole('button', { name: /^Wait .*(Waiting|Running)/ }).waitFor();
  await expectStatus(page, 'Succeeded');
  await page.getByRole('button', { name: /^Wait .*Succeeded/ }).waitFor();
  await close(page);
});

test('code and canvas change the same text, and saving makes a revision', async () => {
  const definition = '{\n    "Comment": "by hand",\n    "StartAt": "A",\n    "States": { "A": {"Type": "Pass",   "End": true} }\n}\n';
  const { stateMachineArn } = await call('CreateStateMachine', { name: 'in-code', roleArn: ROLE, definition });
  const page = await open(browser, `${server.url}/machines/${stateMachineArn}/edit?mode=code`);
  const text = page.getByRole('textbox', { name: 'Definition as JSON' });
  await text.click();
  await page.keyboard.press('Control+F');
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: 'Design' }).click();
  await page.getByRole('button', { name: /^A Pass/ }).click();
  await page.getByLabel('Comment').fill('a <b>comment</b>');
  await page.getByRole('tab', { name: 'Code' }).click();
  await page.getByText('"a <b>comment</b>"').waitFor();
  await text.click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('End');
  await page.keyboard.type('\n"TimeoutSeconds": 60,');
  await picture(page, 'code');
  await checkAccessible(page, 'code');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('saved as a new revision').waitFor();
  const saved = await call('DescribeStateMachine', { stateMachineArn });
  assert.ok(saved.revisionId);
  assert.ok(saved.definition.includes('"Type": "Pass",   '), 'formatting is kept');
  assert.equal(JSON.parse(saved.definition).TimeoutSeconds, 60);
  assert.equal(JSON.parse(saved.definition).States.A.Comment, 'a <b>comment</b>');
  await close(page);
});

test('the checker speaks while one types', async () => {
  const stateMachineArn = await create('checked', { StartAt: 'A', States: { A: { Type: 'Pass', End: true } } });
  const page = await open(browser, `${server.url}/machines/${stateMachineArn}/edit`);
  await page.getByText('No problems').first().waitFor();
  await page.getByRole('button', { name: /^A Pass/ }).click();
  await page.getByLabel('Type').selectOption('Wait');
  await page.getByText(/1 error/).waitFor();
  await picture(page, 'problem');
  await close(page);
});

test('a failed execution says why and is redriven', async () => {
  const { activityArn } = await call('CreateActivity', { name: 'pack' });
  const arn = await create('packing', { StartAt: 'Pack', States: { Pack: { Type: 'Task', Resource: activityArn, End: true } } });
  const { executionArn } = await call('StartExecution', { stateMachineArn: arn, input: '{"box": 1}' });
  const page = await open(browser, `${server.url}/executions/${executionArn}`);
  await page.getByRole('button', { name: /^Pack .*Waiting/ }).waitFor();
  const first = await call('GetActivityTask', { activityArn });
  await call('SendTaskFailure', { taskToken: first.taskToken, error: 'TooHeavy', cause: '<img src=x onerror="globalThis.hacked=1">' });
  await expectStatus(page, 'Failed');
  await page.getByText('TooHeavy').first().waitFor();
  await checkAccessible(page, 'failed execution');
  await picture(page, 'failed');
  await page.getByRole('button', { name: 'Redrive' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Redrive' }).click();
  await expectStatus(page, 'Running');
  const second = await call('GetActivityTask', { activityArn });
  await call('SendTaskSuccess', { taskToken: second.taskToken, output: '"packed"' });
  await expectStatus(page, 'Succeeded');
  await page.getByRole('button', { name: /^Pack .*Succeeded/ }).waitFor();
  await close(page);
});

test('a person approves a task', async () => {
  const { activityArn } = await call('CreateActivity', { name: 'approve' });
  const arn = await create('approval', { StartAt: 'Ask', States: { Ask: { Type: 'Task', Resource: activityArn, End: true } } });
  const { executionArn } = await call('StartExecution', { stateMachineArn: arn, input: '{"amount": 950}' });
  const page = await open(browser, `${server.url}/tasks`);
  await page.getByRole('button', { name: 'Approve Ask' }).waitFor();
  await checkAccessible(page, 'tasks');
  await picture(page, 'tasks');
  await page.getByRole('button', { name: 'Approve Ask' }).click();
  await page.getByLabel('Output (JSON)').fill('{"approved": true, "by": "me"}');
  await page.getByRole('dialog').getByRole('button', { name: 'Approve', exact: true }).click();
  await page.getByText('Ask approved').waitFor();
  const { output } = await call('DescribeExecution', { executionArn });
  assert.deepEqual(JSON.parse(output), { approved: true, by: 'me' });
  await close(page);
});

test('a running execution is stopped, and the command for it can be copied', async () => {
  const arn = await create('waiting', { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 600, End: true } } });
  const { executionArn } = await call('StartExecution', { stateMachineArn: arn });
  const page = await open(browser, `${server.url}/executions/${executionArn}`);
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('button', { name: 'Copy as CLI' }).click();
  await page.getByText('Command copied').waitFor();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  assert.ok(command.startsWith('aws stepfunctions stop-execution') && command.includes(executionArn), command);
  await page.getByRole('button', { name: 'Stop execution' }).click();
  await expectStatus(page, 'Aborted');
  await close(page);
});

test('text from definitions and payloads is never markup', async () => {
  const evil = '<img src=x onerror="globalThis.hacked=1"><script>globalThis.hacked=1</script>';
  const name = '"><svg onload=globalThis.hacked=1>';
  const arn = await create('hostile', { Comment: evil, StartAt: name, States: { [name]: { Type: 'Pass', Comment: evil, Result: { [evil]: evil }, Next: 'javascript:alert(1)' }, 'javascript:alert(1)': { Type: 'Fail', Error: evil, Cause: evil } } });
  const { executionArn } = await call('StartExecution', { stateMachineArn: arn, input: JSON.stringify({ x: evil }) });
  for (const path of [`/executions/${executionArn}`, `/executions/${executionArn}?tab=events&event=2`, `/machines/${arn}?tab=graph`, `/machines/${arn}?tab=definition`, `/machines/${arn}/edit`, `/machines/${arn}/edit?mode=code`, `/machines/${encodeURIComponent(evil)}`]) {
    const page = await open(browser, server.url + path);
    page.tolerated = /400/;
    page.faults.length = 0;
    await page.waitForTimeout(700);
    assert.equal(await page.locator('img, script:not([src])').count(), 0, path);
    await close(page);
  }
});

test('no page of another origin can make the server act', async () => {
  // Another name for the same machine is another origin.
  const other = server.url.replace('127.0.0.1', 'localhost');
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.route('http://attacker.test/', (route) => route.fulfill({ contentType: 'text/html', body: '<h1>attacker</h1>' }));
  await page.goto('http://attacker.test/');
  const results = await page.evaluate(async (targets) => {
    const body = JSON.stringify({ name: 'planted', definition: '{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}', roleArn: 'arn:aws:iam::000000000000:role/r' });
    const tries = [
      (url) => fetch(url, { method: 'POST', headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AWSStepFunctions.CreateStateMachine' }, body }),
      (url) => fetch(url, { method: 'POST', mode: 'no-cors', headers: { 'content-type': 'text/plain' }, body }),
      (url) => fetch(`${url}/?Action=CreateStateMachine`, { method: 'POST', mode: 'no-cors', body }),
      (url) => fetch(url).then((answer) => answer.text()),
    ];
    const read = [];
    for (const url of targets) for (const attempt of tries) read.push(await attempt(url).then((answer) => (answer.type === 'opaque' ? 'opaque' : String(answer)), () => 'refused'));
    return read;
  }, [server.url, other]);
  assert.ok(results.every((result) => result === 'refused' || result === 'opaque'), String(results));
  const { stateMachines } = await call('ListStateMachines', {});
  assert.ok(!stateMachines.some((machine) => machine.name === 'planted'));
  await context.close();
});

test('a history of many thousand events opens at once and scrolls', async () => {
  const definition = {
    QueryLanguage: 'JSONata',
    StartAt: 'Begin',
    States: {
      Begin: { Type: 'Pass', Assign: { n: 0 }, Next: 'Count' },
      Count: { Type: 'Pass', Assign: { n: '{% $n + 1 %}' }, Output: {}, Next: 'Again?' },
      'Again?': { Type: 'Choice', Choices: [{ Condition: '{% $n < 6200 %}', Next: 'Count' }], Default: 'Done' },
      Done: { Type: 'Succeed' },
    },
  };
  const arn = await create('long', definition);
  const { executionArn } = await call('StartExecution', { stateMachineArn: arn, input: '{}' });
  for (let status = 'RUNNING'; status === 'RUNNING'; ) {
    await new Promise((done) => setTimeout(done, 300));
    ({ status } = await call('DescribeExecution', { executionArn }));
  }
  const page = await open(browser, server.url);
  const started = Date.now();
  await page.goto(`${server.url}/executions/${executionArn}?tab=events`);
  await page.getByText('24,806 events').waitFor();
  const opened = Date.now() - started;
  console.log(`# 24,806 events opened in ${opened} ms`);
  assert.ok(opened < Number(process.env.OPEN_MS ?? 6_000), `${opened} ms`);
  assert.ok((await page.locator('.rows-row').count()) < 120, 'only visible rows exist');
  const frames = await page.evaluate(async () => {
    const list = document.querySelector('.virtual');
    const start = performance.now();
    let count = 0;
    while (performance.now() - start < 1_000) {
      list.scrollTop += 400;
      await new Promise((done) => requestAnimationFrame(done));
      count++;
    }
    return count;
  });
  console.log(`# ${frames} frames in a second of scrolling`);
  assert.ok(frames >= 20, `${frames} frames`);
  await close(page);
});

test('every page fits a telephone and a wall, in light and dark', async () => {
  const { stateMachines } = await call('ListStateMachines', {});
  const arn = stateMachines.find((machine) => machine.name === 'packing').stateMachineArn;
  const { executions } = await call('ListExecutions', { stateMachineArn: arn });
  const pages = { list: '/', machine: `/machines/${arn}`, graph: `/machines/${arn}?tab=graph`, definition: `/machines/${arn}?tab=definition`, execution: `/executions/${executions[0].executionArn}`, edit: `/machines/${arn}/edit`, unknown: '/nowhere' };
  for (const [width, theme] of [[390, 'light'], [2560, 'dark']]) {
    for (const [name, path] of Object.entries(pages)) {
      const page = await open(browser, server.url + path, { width, height: width === 390 ? 844 : 1440, theme });
      await page.waitForTimeout(600);
      await checkAccessible(page, `${name} at ${width}`);
      await picture(page, `${name}-${width}-${theme}`);
      await close(page);
    }
  }
});
