// The editor: canvas, code and settings change one text, which the server checks and keeps.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkAccessible, close, expectStatus, picture, ROLE, together } from './setup.mjs';

const shared = together();

test('a machine is built on the canvas, saved, run and watched', async () => {
  const page = await shared.open(`/new`);
  const palette = page.getByRole('complementary', { name: 'States to add' });
  await palette.getByRole('button', { name: /^Pass/ }).click();
  await page.getByRole('button', { name: /^Pass Pass, Pass state/ }).waitFor();
  await page.getByLabel('Name', { exact: true }).fill('Prepare');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /^Prepare/ }).waitFor();
  await palette.getByRole('button', { name: /^Wait/ }).click();
  await page.getByLabel('Seconds', { exact: true }).fill('600');
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
  await page.getByRole('button', { name: /^Prepare .*Succeeded/ }).waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Stop execution' }).click();
  await page.getByRole('button', { name: /^Wait .*Aborted/ }).waitFor();
  await expectStatus(page, 'Aborted');
  await close(page);
});

test('clicks build a Choice with its rules, a Parallel and a Map, and nobody is blamed before', async () => {
  const page = await shared.open('/new');
  const palette = page.getByRole('complementary', { name: 'States to add' });
  const add = (type) => palette.getByRole('button', { name: new RegExp(`^${type}`) }).first().click();
  await page.getByRole('heading', { name: 'Add the first state' }).waitFor();
  await checkAccessible(page, 'an empty canvas');
  assert.equal(await page.getByText(/\d error/).count(), 0);
  await add('Parallel');
  await add('Choice');
  await palette.getByText('Click to add a rule of Choice and where it leads').waitFor();
  await add('Map');
  await page.locator('[data-node="/States/Choice"]').click();
  await palette.getByText('Click to add what Choice does otherwise').waitFor();
  await add('Fail');
  await page.getByRole('button', { name: 'Add a rule of Choice' }).focus();
  await page.keyboard.press('Enter');
  await add('Succeed');
  await page.getByText('No problems').first().waitFor();
  await checkAccessible(page, 'a Choice with rules');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByText('Give the state machine a name first.').waitFor();
  await page.getByLabel('Name').fill('clicked');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('heading', { name: 'clicked' }).waitFor();
  const { stateMachines } = await shared.call('ListStateMachines', {});
  const { stateMachineArn } = stateMachines.find((each) => each.name === 'clicked');
  const { States } = JSON.parse((await shared.call('DescribeStateMachine', { stateMachineArn })).definition);
  assert.deepEqual([States.Parallel.Next, States.Choice.Choices.map((rule) => rule.Next), States.Choice.Default, States.Map.End], ['Choice', ['Map', 'Succeed'], 'Fail', true]);
  await close(page);
});

test('code and canvas change the same text, and saving makes a revision', async () => {
  const definition = '{\n    "Comment": "by hand",\n    "StartAt": "A",\n    "States": { "A": {"Type": "Pass",   "End": true} }\n}\n';
  const { stateMachineArn } = await shared.call('CreateStateMachine', { name: 'in-code', roleArn: ROLE, definition });
  const page = await shared.open(`/machines/${stateMachineArn}/edit?mode=code`);
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
  const saved = await shared.call('DescribeStateMachine', { stateMachineArn });
  assert.ok(saved.revisionId);
  assert.ok(saved.definition.includes('"Type": "Pass",   '), 'formatting is kept');
  assert.equal(JSON.parse(saved.definition).TimeoutSeconds, 60);
  assert.equal(JSON.parse(saved.definition).States.A.Comment, 'a <b>comment</b>');
  await close(page);
});

test('the checker speaks while one types', async () => {
  const stateMachineArn = await shared.create('checked', { StartAt: 'A', States: { A: { Type: 'Pass', End: true } } });
  const page = await shared.open(`/machines/${stateMachineArn}/edit`);
  await page.getByText('No problems').first().waitFor();
  await page.getByRole('button', { name: /^A Pass/ }).click();
  await page.getByLabel('Type').selectOption('Wait');
  await page.getByText(/1 error/).waitFor();
  await picture(page, 'problem');
  await close(page);
});

test('on a telephone the tools of the editor take two rows, and all of them are there', async () => {
  const stateMachineArn = await shared.create('a-name-that-is-rather-long-for-a-telephone', { StartAt: 'A', States: { A: { Type: 'Pass', End: true } } });
  const page = await shared.open(`/machines/${stateMachineArn}/edit`, { width: 390, height: 844 });
  await page.getByRole('button', { name: /^A Pass/ }).click();
  await page.getByLabel('Comment').fill('changed');
  const head = page.locator('.editor-head');
  const wanted = [head.getByRole('heading'), ...['JSON', 'Start', 'Save', 'Undo', 'Delete state'].map((name) => head.getByRole('button', { name, exact: true })), head.getByRole('tab', { name: 'Settings' })];
  const boxes = await Promise.all(wanted.map((each) => each.boundingBox()));
  assert.ok(boxes.every((box) => box.width > 8 && box.x >= 0 && box.x + box.width <= 390), JSON.stringify(boxes));
  assert.ok((await head.boundingBox()).height < 110, JSON.stringify(boxes));
  await checkAccessible(page, 'the editor on a telephone');
  await picture(page, 'editor-narrow');
  await close(page);
});
