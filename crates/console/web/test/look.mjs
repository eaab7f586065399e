// Takes pictures of pages of a running server: node test/look.mjs <folder> <base url> <name=path[@WIDTHxHEIGHT][#theme]> ...
import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';

const [folder, base, ...shots] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
for (const shot of shots) {
  const [, name, path, size = '1440x900', theme = 'light'] = /^([^=]+)=(.+?)(?:@(\d+x\d+))?(?:#(\w+))?$/.exec(shot);
  const [width, height] = size.split('x').map(Number);
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: theme });
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && console.log(name, message.text()));
  page.on('pageerror', (error) => console.log(name, error.message));
  await page.goto(base + path);
  await page.waitForTimeout(900);
  await page.screenshot({ path: `${folder}/${name}.png` });
  await page.close();
}
await browser.close();
