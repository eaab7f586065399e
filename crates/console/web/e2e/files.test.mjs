// Definitions and pictures in and out, and states tried one at a time.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { checkAccessible, close, picture, together } from './setup.mjs';

const shared = together();

const YAML = `# kept
StartAt: Greet
States:
  Greet:
    Type: Pass # also kept
    QueryLanguage: JSONata
    Assign: {name: "{% $states.input.who %}"}
    Output: "{% 'Hello ' & $states.input.who %}"
    Next: Rest
  Rest:
    Type: Wait
    Seconds: 1
    End: true
`;

const file = (name, text) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });

test('files are read and written', async () => {
  const page = await shared.open('/new');
  await page.getByLabel('Definition file').setInputFiles(file('greet.asl.yaml', YAML));
  await page.getByText('greet.asl.yaml was read').waitFor();
  await page.getByRole('button', { name: /^Greet Pass/ }).waitFor();
  const exported = async (menu, item) => {
    await page.getByRole('button', { name: menu }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: item }).click()]);
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
  };
  const yaml = await exported('YAML', 'Export YAML');
  assert.equal(yaml.bytes.toString(), YAML, 'comments and quotes are kept');
  const json = await exported('YAML', 'Export JSON');
  assert.equal(JSON.parse(json.bytes).States.Rest.Seconds, 1);
  const svg = await exported('YAML', 'Export SVG');
  assert.match(svg.bytes.toString(), /^<svg[^]*Greet[^]*Rest/);
  const png = await exported('YAML', 'Export PNG');
  assert.ok(png.name.endsWith('.png') && png.bytes.subarray(1, 4).toString() === 'PNG' && png.bytes.length > 2_000, `${png.bytes.length} bytes`);
  // What was written is read again; what cannot be read says so and can be undone.
  await page.getByLabel('Definition file').setInputFiles(file('back.asl.json', json.bytes.toString()));
  await page.getByText('back.asl.json was read').waitFor();
  await page.getByLabel('Definition file').setInputFiles(file('broken.json', '{"StartAt": '));
  await page.getByText(/broken\.json was read, but/).waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('button', { name: /^Greet Pass/ }).waitFor();
  await close(page);
});

test('a state is tried with input, variables and a mock, and shows each stage', async () => {
  const arn = await shared.create('tried', {
    StartAt: 'Charge',
    States: {
      Charge: { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Parameters: { FunctionName: 'charge', 'Payload.$': '$.order' }, ResultSelector: { 'id.$': '$.Payload.id' }, ResultPath: '$.charge', Catch: [{ ErrorEquals: ['Card.Declined'], Next: 'Refuse' }], Next: 'Done' },
      Refuse: { Type: 'Fail', Error: 'Refused' },
      Done: { Type: 'Succeed' },
    },
  });
  const page = await shared.open(`/machines/${arn}/edit`);
  await page.getByRole('button', { name: /^Charge / }).click();
  await page.getByRole('tab', { name: 'Test' }).click();
  await page.getByRole('textbox', { name: 'Input', exact: true }).fill('{"order": {"total": 3}}');
  await page.getByLabel('is mocked: it succeeds').check();
  await page.getByLabel('Mocked result').fill('{"Payload": {"id": "c-1", "more": true}}');
  await page.getByRole('button', { name: 'Test state' }).click();
  const result = page.getByRole('region', { name: 'Result of the test' });
  await result.getByText('Succeeded').waitFor();
  await result.getByText('then Done').waitFor();
  for (const stage of await result.locator('summary').all()) await stage.click();
  await checkAccessible(page, 'a tested state');
  await picture(page, 'test-state');
  const stages = await result.locator('summary').allTextContents();
  assert.ok(stages.length >= 4, stages.join());
  await result.getByText('"c-1"').first().waitFor();
  await page.getByLabel('is mocked: it fails').check();
  await page.getByLabel('Mocked error').fill('Card.Declined');
  await page.getByRole('button', { name: 'Test state' }).click();
  await result.getByText('then Refuse').waitFor();
  await close(page);
});
