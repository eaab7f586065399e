// Starts the built binary and a real browser, and gives tests what they share.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';

const web = resolve(import.meta.dirname, '..');
const BINARY = process.env.STEPWELL_BIN ?? join(web, '../../../target/debug/stepwell');
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const SHOTS = join(web, 'e2e/shots');
const AXE = readFileSync(join(web, 'node_modules/axe-core/axe.min.js'), 'utf8');
/** A loaded machine may be slow; a hung page is still found. */
export const PATIENCE = 30_000;

for (const [what, path] of [['binary', BINARY], ['browser', CHROMIUM]]) {
  if (!existsSync(path)) throw new Error(`There is no ${what} at ${path}. Set STEPWELL_BIN or CHROMIUM.`);
}

export async function startServer() {
  const process_ = spawn(BINARY, ['serve', '--ephemeral', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise((done, fail) => {
    let said = '';
    process_.stdout.on('data', (chunk) => {
      said += chunk;
      const found = /listening on (http:\S+)/.exec(said);
      if (found) done(found[1]);
    });
    process_.on('exit', (code) => fail(new Error(`the server ended with ${code}`)));
  });
  return { url, stop: () => process_.kill('SIGTERM') };
}

export function client(url) {
  return async (operation, input) => {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AWSStepFunctions.${operation}` }, body: JSON.stringify(input) });
    const body = await response.json();
    if (!response.ok) throw new Error(`${operation}: ${body.__type}: ${body.message}`);
    return body;
  };
}

export function startBrowser() {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** A page on which any error, refused resource or script from data fails the test. */
export async function open(browser, url, { theme = 'light', width = 1440, height = 900 } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce', acceptDownloads: true });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(url).origin });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !page.tolerated?.test(message.text())) page.faults.push(message.text());
  });
  await page.goto(url);
  return page;
}

export async function close(page) {
  assert.deepEqual(page.faults, []);
  assert.equal(await page.evaluate(() => globalThis.hacked), undefined);
  await page.context().close();
}

export async function checkAccessible(page, where) {
  // The policy keeps scripts out of the page itself; the debugger's evaluation is not under it.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  const found = violations.map((each) => `${where}: ${each.id}: ${each.nodes.map((node) => node.html.slice(0, 200)).join(' | ')}`);
  assert.deepEqual(found, []);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${where} is wider than the window`);
}

export async function picture(page, name) {
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

/** Waits until `text` says so somewhere in the status line of an execution. */
export async function expectStatus(page, text) {
  await page.locator('.page-head .status', { hasText: text }).waitFor();
}
