// Starts the built binary and a real browser, and gives tests what they share.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before } from 'node:test';
import { chromium } from 'playwright-core';

const web = resolve(import.meta.dirname, '..');
const BINARY = process.env.STEPWELL_BINARY ?? join(process.env.CARGO_TARGET_DIR ?? join(web, '../../../target'), 'debug/stepwell');
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
/** The folder for pictures of the pages, to be looked at by a person. Without it, none are taken. */
const SHOTS = process.env.SHOTS;
const AXE = readFileSync(join(web, 'node_modules/axe-core/axe.min.js'), 'utf8');
/** A loaded machine may be slow; a hung page is still found. */
export const PATIENCE = Number(process.env.PATIENCE ?? 60_000);
export const ROLE = 'arn:aws:iam::000000000000:role/stepwell';

for (const [what, path] of [['binary', BINARY], ['browser', CHROMIUM]]) {
  if (!existsSync(path)) throw new Error(`There is no ${what} at ${path}. Set STEPWELL_BINARY or CHROMIUM.`);
}

/** A server of its own and a browser for all tests of one file; filled before the first of them.
 * `files`: what lies in the folder in which the server is started, such as stepwell.toml. */
export function together(files = {}) {
  const shared = {};
  before(async () => {
    shared.server = await startServer(files);
    shared.url = shared.server.url;
    shared.call = client(shared.url);
    shared.create = async (name, definition, more = {}) => (await shared.call('CreateStateMachine', { name, roleArn: ROLE, definition: JSON.stringify(definition), ...more })).stateMachineArn;
    shared.browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS, timeout: PATIENCE });
    shared.open = (path, options) => open(shared.browser, shared.url + path, options);
  });
  after(async () => {
    await shared.browser?.close();
    shared.server?.stop();
  });
  return shared;
}

async function startServer(files) {
  const cwd = mkdtempSync(join(tmpdir(), 'stepwell-browser-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  const child = spawn(BINARY, ['serve', '--ephemeral', '--port', '0'], { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise((done, fail) => {
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
      const found = /listening on (http:\S+)/.exec(said);
      if (found) done(found[1]);
    });
    child.on('exit', (code) => fail(new Error(`the server ended with ${code}`)));
  });
  child.on('close', () => rmSync(cwd, { recursive: true, force: true }));
  return { url, stop: () => child.kill('SIGTERM') };
}

function client(url) {
  return async (operation, input) => {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AWSStepFunctions.${operation}` }, body: JSON.stringify(input) });
    const body = await response.json();
    if (!response.ok) throw new Error(`${operation}: ${body.__type}: ${body.message}`);
    return body;
  };
}

/** A page on which any error, refused resource or script from data fails the test. */
async function open(browser, url, { theme = 'light', width = 1440, height = 900, tolerated } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce', acceptDownloads: true });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(url).origin });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !tolerated?.test(message.text())) page.faults.push(message.text());
  });
  await page.goto(url);
  return page;
}

export async function close(page) {
  assert.deepEqual(page.faults, []);
  assert.equal(await page.evaluate(() => globalThis.hacked), undefined);
  await page.context().close();
}

/** Asks until the answer is truthy, and gives it. */
export async function until(ask, what) {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** Waits until the page has its heading and fonts, and nothing of it is still being loaded. */
export async function settled(page) {
  const isSettled = () => document.querySelector('h1') !== null && document.querySelector('[aria-label="Loading"], [aria-busy="true"]') === null && document.fonts.status === 'loaded';
  await until(() => page.evaluate(isSettled), `${page.url()} settles`);
  await page.evaluate(async () => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    // A colour on its way from one theme to the other is neither.
    const transitions = document.getAnimations().filter((each) => each instanceof CSSTransition);
    await Promise.allSettled(transitions.map((each) => each.finished));
  });
}

export async function checkAccessible(page, where) {
  await settled(page);
  // The policy keeps scripts out of the page itself; the debugger's evaluation is not under it.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  const violations = await page.evaluate(async () => {
    // Of a state that is half out of the window on its graph, a part of the text is to be seen; its name says all of it.
    const isCut = (node) => {
      const element = document.querySelector(node.target[0]);
      const [inner, outer] = [element, element?.closest('.viewport-stage')].map((each) => each?.getBoundingClientRect());
      return outer !== undefined && (inner.top < outer.top || inner.bottom > outer.bottom || inner.left < outer.left || inner.right > outer.right);
    };
    const { violations: all } = await globalThis.axe.run(document, { resultTypes: ['violations'] });
    const cutAway = all.map(({ id, nodes }) => ({ id, nodes: id === 'label-content-name-mismatch' ? nodes.filter((node) => !isCut(node)) : nodes }));
    return cutAway.filter(({ nodes }) => nodes.length > 0).map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => ({ html })) }));
  });
  const found = violations.map((each) => `${where}: ${each.id}: ${each.nodes.map((node) => node.html.slice(0, 200)).join(' | ')}`);
  assert.deepEqual(found, []);
  await checkFits(page, where);
}

export async function checkFits(page, where) {
  await settled(page);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${where} is wider than the window`);
}

export async function picture(page, name) {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await settled(page);
  await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

/** Waits until `text` says so somewhere in the status line of an execution. */
export async function expectStatus(page, text) {
  await page.locator('.page-head .status', { hasText: text }).waitFor();
}

/** A definition that counts: its history has 24,806 events. */
export const counting = {
  QueryLanguage: 'JSONata',
  StartAt: 'Begin',
  States: {
    Begin: { Type: 'Pass', Assign: { n: 0 }, Next: 'Count' },
    Count: { Type: 'Pass', Assign: { n: '{% $n + 1 %}' }, Output: {}, Next: 'Again?' },
    'Again?': { Type: 'Choice', Choices: [{ Condition: '{% $n < 6200 %}', Next: 'Count' }], Default: 'Done' },
    Done: { Type: 'Succeed' },
  },
};
