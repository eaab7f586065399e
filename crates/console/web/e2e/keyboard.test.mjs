// The editor without a mouse.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { close, picture, together, until } from './setup.mjs';

const shared = together();

/** Presses Tab until what has the focus is called `name`. */
async function tabTo(page, name, key = 'Tab') {
  for (let presses = 0; presses < 200; presses++) {
    await page.keyboard.press(key);
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      return element?.getAttribute('aria-label') ?? element?.labels?.[0]?.textContent ?? element?.textContent ?? '';
    });
    if (name.test(focused.trim())) return;
  }
  throw new Error(`Tab never comes to ${name}`);
}

const named = (page, name) => page.getByRole('button', { name });

test('a machine is built, changed and saved by keyboard alone', async () => {
  const page = await shared.open('/new');
  await page.getByRole('heading', { name: 'Add the first state' }).waitFor();
  await tabTo(page, /^Pass/);
  await page.keyboard.press('Enter');
  await named(page, /^Pass Pass/).waitFor();
  // The palette keeps the focus: the next state goes after the selected one.
  await tabTo(page, /^Wait/);
  await page.keyboard.press('Enter');
  await named(page, /^Wait Wait ·/).waitFor();
  await tabTo(page, /^Insert between the start and Pass/);
  await page.keyboard.press('Space');
  await tabTo(page, /^Succeed/, 'Shift+Tab');
  await tabTo(page, /^Wait/, 'Shift+Tab');
  await page.keyboard.press('Enter');
  await named(page, /^Wait 2 Wait/).waitFor();

  // On the canvas: arrows go from state to state, Enter selects, Ctrl+D doubles, Delete removes.
  await tabTo(page, /^Wait 2 Wait/);
  await page.keyboard.press('ArrowDown');
  await until(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')?.startsWith('Pass')), 'the arrow goes to the state below');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Pass', exact: true }).waitFor();
  await picture(page, 'keyboard');
  await page.keyboard.press('Control+d');
  await named(page, /^Pass 2 Pass/).waitFor();
  await tabTo(page, /^Wait 2 Wait/, 'Shift+Tab');
  await page.keyboard.press('Delete');
  await named(page, /^Wait 2 Wait/).waitFor({ state: 'detached' });
  await page.keyboard.press('Control+z');
  await named(page, /^Wait 2 Wait/).waitFor();
  await page.keyboard.press('Control+Shift+z');
  await named(page, /^Wait 2 Wait/).waitFor({ state: 'detached' });

  // Saving asks for a name, in the settings; the tabs are moved through by arrows.
  await page.keyboard.press('Control+s');
  await page.getByText('Give the state machine a name first').waitFor();
  await tabTo(page, /^Name/);
  await page.keyboard.type('by-keyboard');
  await page.keyboard.press('Control+s');
  await page.getByRole('heading', { name: 'by-keyboard' }).waitFor();
  const { stateMachines } = await shared.call('ListStateMachines', {});
  const { definition } = await shared.call('DescribeStateMachine', { stateMachineArn: stateMachines[0].stateMachineArn });
  assert.deepEqual(Object.keys(JSON.parse(definition).States).toSorted(), ['Pass', 'Pass 2', 'Wait']);

  // Every view of the machine by arrows, a menu by its keys, a dialog closed by Escape.
  await tabTo(page, /^Executions/);
  for (const view of ['Graph', 'Definition', 'Versions', 'Aliases']) {
    await page.keyboard.press('ArrowRight');
    await page.getByRole('tab', { name: view, selected: true }).waitFor();
  }
  await tabTo(page, /^More actions/, 'Shift+Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Edit tags' }).waitFor();
  await until(() => page.evaluate(() => document.activeElement?.textContent === 'Edit tags'), 'the menu has the focus');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await close(page);
});
