// What the editor offers while somebody types: in JSON, in YAML, in the inspector; and what a Task can call.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkAccessible, close, picture, together, until } from './setup.mjs';

const shared = together();

const definition = {
  QueryLanguage: 'JSONata',
  StartAt: 'Count',
  States: {
    Count: { Type: 'Pass', Assign: { total: '{% $sum($states.input.prices) %}' }, Next: 'Report' },
    Report: { Type: 'Pass', Output: '{% 1 %}', End: true },
  },
};

const saved = async (stateMachineArn) => JSON.parse((await shared.call('DescribeStateMachine', { stateMachineArn })).definition);

async function save(page) {
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('saved as a new revision').waitFor();
}

/** Puts the cursor behind the first place where the text says `words`. */
async function cursorAfter(page, words) {
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('Control+F');
  await page.getByRole('textbox', { name: 'Find' }).pressSequentially(words);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await page.keyboard.press('ArrowRight');
}

test('the code view completes names in expressions, fields and states', async () => {
  const arn = await shared.create('in-json', definition, { definition: JSON.stringify(definition, null, 2) });
  const page = await shared.open(`/machines/${arn}/edit?mode=code`);
  await page.getByRole('textbox', { name: 'Definition as JSON' }).click();
  await cursorAfter(page, '"{% ');
  await page.keyboard.type('$states.con');
  await page.getByRole('option', { name: /^context/ }).waitFor();
  await page.getByRole('option', { name: /^context/ }).click();
  await page.keyboard.type('.Execution.Na');
  await page.getByRole('option', { name: /^Name/ }).waitFor();
  await picture(page, 'completion-json');
  await page.getByRole('option', { name: /^Name/ }).click();
  await page.keyboard.type(' & ');
  await cursorAfter(page, '"Next": "Re');
  await page.keyboard.press('Control+Space');
  await page.getByRole('option', { name: /^Report/ }).waitFor();
  await page.getByRole('option', { name: /^Report/ }).click();
  await save(page);
  const after = await saved(arn);
  assert.equal(after.States.Count.Assign.total, '{% $states.context.Execution.Name & $sum($states.input.prices) %}');
  assert.equal(after.States.Count.Next, 'Report');
  await close(page);
});

test('YAML is completed too', async () => {
  const arn = await shared.create('in-yaml', definition);
  const page = await shared.open(`/machines/${arn}/edit?mode=code`);
  await page.getByRole('button', { name: 'JSON' }).click();
  await page.getByRole('menuitem', { name: /YAML/ }).first().click();
  const text = page.getByRole('textbox', { name: 'Definition as YAML' });
  await text.click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('    Com');
  await page.getByRole('option', { name: /^Comment/ }).waitFor();
  await page.getByRole('option', { name: /^Comment/ }).click();
  await page.keyboard.type('by hand');
  await cursorAfter(page, 'Type: Pa');
  await page.keyboard.press('Control+Space');
  await page.getByRole('option', { name: /^Parallel/ }).waitFor();
  await page.getByRole('option', { name: /^Pass/ }).waitFor();
  await picture(page, 'completion-yaml');
  await page.keyboard.press('Escape');
  await save(page);
  assert.equal((await saved(arn)).States.Report.Comment, 'by hand');
  await close(page);
});

/** What is offered is what the server's checker takes, by name and by number of arguments. */
async function checkKnown(name, parameters) {
  const values = parameters.split(', ').filter(Boolean).map((each) => (/^'|^false$/.test(each) ? each : '$.x'));
  const check = async (given) => {
    const text = JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Pass', Parameters: { 'x.$': `${name}(${given.join(', ')})` }, End: true } } });
    const response = await fetch(`${shared.url}/console/api/definition`, { method: 'POST', headers: { 'x-stepwell-console': '1' }, body: JSON.stringify({ text, type: 'STANDARD' }) });
    return (await response.json()).diagnostics.map((each) => each.message);
  };
  assert.deepEqual(await check(values), [], `${name}(${parameters})`);
  if (!parameters.includes('…')) assert.notDeepEqual(await check([...values, '$.x']), [], `${name} takes more than ${parameters}`);
}

const inPaths = {
  StartAt: 'Greet',
  States: {
    Greet: { Type: 'Pass', Parameters: { 'text.$': '$.customer.name' }, ResultPath: '$.greeting', Next: 'Known?' },
    'Known?': { Type: 'Choice', Choices: [{ Variable: '$.customer.known', BooleanEquals: true, Next: 'Done' }], Default: 'Done' },
    Done: { Type: 'Succeed' },
  },
};

test('paths are completed in JSON: functions with their parameters, and the context object', async () => {
  const arn = await shared.create('paths-in-json', inPaths, { definition: JSON.stringify(inPaths, null, 2) });
  const page = await shared.open(`/machines/${arn}/edit?mode=code`);
  await page.getByRole('textbox', { name: 'Definition as JSON' }).click();
  await cursorAfter(page, '"text.$": "');
  for (let at = 0; at < '$.customer.name'.length; at++) await page.keyboard.press('Delete');
  await page.keyboard.type('States.');
  await page.getByRole('option', { name: /^States\.UUID/ }).waitFor();
  const offered = await page.getByRole('option').evaluateAll((all) => all.map((each) => [...each.querySelectorAll('.cm-completionLabel, .cm-completionDetail')].map((part) => part.textContent)));
  assert.equal(offered.length, 18);
  for (const [name, detail] of offered) await checkKnown(name, /^\((.*)\) → /.exec(detail)[1]);
  await page.keyboard.type('Fo');
  await until(async () => (await page.getByRole('option').count()) === 1, 'one function is left');
  await page.getByRole('option', { name: /^States\.Format *\(template, value…\) → string/ }).click();
  await page.keyboard.type("'Hello {}, {}', $$.Na");
  await page.getByRole('option', { name: /^\$\$\.Execution\.Name/ }).waitFor();
  await picture(page, 'completion-paths');
  await page.getByRole('option', { name: /^\$\$\.Execution\.Name/ }).click();
  await page.keyboard.type(', $.cu');
  await page.getByRole('option', { name: /^\$\.customer\.known/ }).click();
  await page.keyboard.type(')');
  await save(page);
  assert.equal((await saved(arn)).States.Greet.Parameters['text.$'], "States.Format('Hello {}, {}', $$.Execution.Name, $.customer.known)");
  await close(page);
});

test('paths are completed in YAML', async () => {
  const arn = await shared.create('paths-in-yaml', inPaths);
  const page = await shared.open(`/machines/${arn}/edit?mode=code`);
  await page.getByRole('button', { name: 'JSON' }).click();
  await page.getByRole('menuitem', { name: /YAML/ }).first().click();
  await page.getByRole('textbox', { name: 'Definition as YAML' }).click();
  await cursorAfter(page, 'Variable: $.customer.known');
  for (let at = 0; at < '$.customer.known'.length; at++) await page.keyboard.press('Backspace');
  await page.keyboard.type('$$.val');
  await page.getByRole('option', { name: /^\$\$\.Map\.Item\.Value/ }).click();
  await cursorAfter(page, 'text.$: ');
  await page.keyboard.press('Control+Space');
  await page.getByRole('option', { name: /^States\.UUID/ }).waitFor();
  await page.keyboard.press('Escape');
  await save(page);
  assert.equal((await saved(arn)).States['Known?'].Choices[0].Variable, '$$.Map.Item.Value');
  await close(page);
});

test('the inspector completes paths in its fields', async () => {
  const arn = await shared.create('paths-in-fields', inPaths);
  const page = await shared.open(`/machines/${arn}/edit`);
  await page.getByRole('button', { name: /^Known\? Choice/ }).click();
  const variable = page.getByLabel('Variable');
  await variable.fill('');
  await variable.pressSequentially('$$.retr');
  await page.getByRole('option', { name: /^\$\$\.State\.RetryCount/ }).waitFor();
  await checkAccessible(page, 'paths in the inspector');
  await page.keyboard.press('Enter');
  assert.equal(await variable.inputValue(), '$$.State.RetryCount');
  await page.getByRole('button', { name: /^Greet Pass/ }).click();
  const parameters = page.getByLabel('Parameters');
  await parameters.fill('{"text.$": ""}');
  await parameters.press('End');
  await parameters.press('ArrowLeft');
  await parameters.press('ArrowLeft');
  await parameters.pressSequentially('States.Uu');
  await page.getByRole('option', { name: /^States\.UUID/ }).click();
  assert.equal(await parameters.inputValue(), '{"text.$": "States.UUID()"}');
  await save(page);
  const { States } = await saved(arn);
  assert.equal(States['Known?'].Choices[0].Variable, '$$.State.RetryCount');
  assert.deepEqual(States.Greet.Parameters, { 'text.$': 'States.UUID()' });
  await close(page);
});

test('the inspector completes names in expressions', async () => {
  const arn = await shared.create('in-fields', definition);
  const page = await shared.open(`/machines/${arn}/edit`);
  await page.getByRole('button', { name: /^Report Pass/ }).click();
  const output = page.getByLabel('Output', { exact: true });
  await output.fill('{% ');
  await output.pressSequentially('$to');
  await page.getByRole('option', { name: /^\$total/ }).waitFor();
  await checkAccessible(page, 'names in the inspector');
  await picture(page, 'completion-inspector');
  await page.keyboard.press('Enter');
  await output.pressSequentially(' + $su');
  await page.getByRole('option', { name: /^\$sum/ }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('option').first().waitFor({ state: 'hidden' });
  await output.pressSequentially('m([1]) %}');
  await save(page);
  assert.equal((await saved(arn)).States.Report.Output, '{% $total + $sum([1]) %}');
  await close(page);
});

test('any action of any AWS service can be put on the canvas', async () => {
  const page = await shared.open('/new');
  const palette = page.getByRole('complementary', { name: 'States to add' });
  await palette.getByText(/Any action of \d{3} AWS services/).waitFor();
  await page.getByLabel('Find states and actions').fill('dynamodb describetable');
  const found = palette.getByRole('region', { name: 'AWS SDK' });
  await found.getByRole('button', { name: /^DescribeTable DynamoDB/ }).waitFor();
  await checkAccessible(page, 'the palette');
  await picture(page, 'palette-sdk');
  await found.getByRole('button', { name: /^DescribeTable DynamoDB/ }).click();
  await until(async () => (await page.getByLabel('Resource').inputValue()) === 'arn:aws:states:::aws-sdk:dynamodb:describeTable', 'the task has its resource');
  await page.getByText(/^Takes TableName/).waitFor();
  const offered = await page.getByLabel('Resource').evaluate((input) => [...input.list.options].map((each) => each.value));
  assert.ok(offered.includes('arn:aws:states:::aws-sdk:dynamodb:putItem') && offered.includes('arn:aws:states:::lambda:invoke'), offered.length);
  await close(page);
});
