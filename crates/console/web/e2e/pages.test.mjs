// Every page on every screen: nothing is cut off, and axe finds nothing.
import { test } from 'node:test';
import { checkAccessible, checkFits, close, expectStatus, picture, together } from './setup.mjs';

const shared = together();

/** What axe sees depends on the colours and on what is hidden where it is narrow. */
const SCREENS = [
  { width: 390, height: 844, theme: 'light', check: checkAccessible },
  { width: 390, height: 844, theme: 'dark', check: checkFits },
  { width: 768, height: 1024, theme: 'dark', check: checkFits },
  { width: 1440, height: 900, theme: 'light', check: checkFits },
  { width: 2560, height: 1440, theme: 'dark', check: checkAccessible },
];

/** Something of everything, so that no page is empty: gives the pages by name. */
async function furnish() {
  const page = await shared.open('/');
  await page.getByRole('button', { name: 'Install and run the example' }).click();
  await page.waitForURL(/\/executions\//);
  await expectStatus(page, 'Succeeded');
  const execution = new URL(page.url()).pathname;
  await close(page);
  const { stateMachineArn } = (await shared.call('ListStateMachines', {})).stateMachines[0];
  const { stateMachineVersionArn } = await shared.call('PublishStateMachineVersion', { stateMachineArn });
  await shared.call('CreateStateMachineAlias', { name: 'live', routingConfiguration: [{ stateMachineVersionArn, weight: 100 }] });
  await shared.call('TagResource', { resourceArn: stateMachineArn, tags: [{ key: 'team', value: 'shop' }, { key: 'example', value: '' }] });
  const { activityArn } = await shared.call('CreateActivity', { name: 'approve' });
  const asking = await shared.create('a-machine-with-rather-a-long-name-that-must-be-cut-somewhere-on-a-telephone', { StartAt: 'Ask', States: { Ask: { Type: 'Task', Resource: activityArn, TimeoutSeconds: 3600, End: true } } });
  await shared.call('StartExecution', { stateMachineArn: asking, input: '{"amount": 950}' });
  await shared.create('quick', { StartAt: 'A', States: { A: { Type: 'Succeed' } } }, { type: 'EXPRESS' });
  const failing = await shared.create('failing', { StartAt: 'Give up', States: { 'Give up': { Type: 'Fail', Error: 'Out.OfStock', Cause: 'There is no kettle left. '.repeat(12) } } });
  const { executionArn } = await shared.call('StartExecution', { stateMachineArn: failing });
  const machine = `/machines/${stateMachineArn}`;
  return {
    machines: '/',
    executions: machine,
    graph: `${machine}?tab=graph`,
    definition: `${machine}?tab=definition`,
    versions: `${machine}?tab=versions`,
    aliases: `${machine}?tab=aliases`,
    execution,
    timeline: `${execution}?tab=timeline`,
    states: `${execution}?tab=states`,
    events: `${execution}?tab=events`,
    state: `${execution}?state=Prepare`,
    failed: `/executions/${executionArn}`,
    design: `${machine}/edit`,
    code: `${machine}/edit?mode=code`,
    settings: `${machine}/edit?mode=settings`,
    new: '/new',
    tasks: '/tasks',
    unknown: '/nowhere',
    'unknown-machine': '/machines/arn:aws:states:us-east-1:000000000000:stateMachine:nobody',
    'unknown-execution': '/executions/arn:aws:states:us-east-1:000000000000:execution:nobody:none',
  };
}

test('every page fits a telephone, a tablet, a desk and a wall, in light and dark', async () => {
  const pages = await furnish();
  const page = await shared.open('/', { tolerated: /status of 400/ });
  for (const [name, path] of Object.entries(pages)) {
    await page.goto(shared.url + path);
    for (const { theme, check, ...size } of SCREENS) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme: theme });
      await check(page, `${name} at ${size.width}, ${theme}`);
      await picture(page, `${name}-${size.width}-${theme}`);
    }
  }
  await close(page);
});
