// How long a history of 24,806 events takes to open and how smoothly it scrolls, with where the time goes.
// usage: node scripts/measure.mjs [rounds]   (STEPWELL_BINARY, CHROMIUM as for the browser tests)
import { test } from 'node:test';
import { counting, settled, together, until } from '../e2e/setup.mjs';

const ROUNDS = Number(process.argv[2] ?? 5);
const shared = together();

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** One opening: until the page says how many events there are, and what the answers cost meanwhile. */
async function openOnce(page, url) {
  await page.goto('about:blank');
  const started = Date.now();
  await page.goto(url);
  await page.getByText('24,806 events').waitFor();
  const opened = Date.now() - started;
  const inside = await page.evaluate(() => {
    const calls = performance.getEntriesByType('resource').filter((each) => each.initiatorType === 'fetch');
    const server = calls.reduce((sum, each) => sum + (each.responseStart - each.requestStart), 0);
    const transfer = calls.reduce((sum, each) => sum + (each.responseEnd - each.responseStart), 0);
    const [paint] = performance.getEntriesByName('first-contentful-paint');
    return { paint: paint?.startTime ?? 0, calls: calls.length, server, transfer, bytes: calls.reduce((sum, each) => sum + each.transferSize, 0), last: Math.max(...calls.map((each) => each.responseEnd)) };
  });
  return { opened, ...inside };
}

/** The frames of one second of scrolling, and the longest of them in milliseconds. */
function scroll(page) {
  return page.evaluate(async () => {
    const list = document.querySelector('.virtual');
    const frames = [];
    let before = performance.now();
    const start = before;
    while (before - start < 1_000) {
      list.scrollTop += 400;
      await new Promise((done) => requestAnimationFrame(done));
      const now = performance.now();
      frames.push(now - before);
      before = now;
    }
    return { frames: frames.length, longest: Math.max(...frames) };
  });
}

test('measure', async () => {
  const arn = await shared.create('counting', counting);
  const { executionArn } = await shared.call('StartExecution', { stateMachineArn: arn, input: '{}' });
  await until(async () => (await shared.call('DescribeExecution', { executionArn })).status === 'SUCCEEDED', 'the execution ends');
  const page = await shared.open('/');
  await settled(page);
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await openOnce(page, `${shared.url}/executions/${executionArn}?tab=events`));
  for (const key of Object.keys(rounds[0])) console.log(`${key.padEnd(9)} ${Math.round(median(rounds.map((each) => each[key]))).toLocaleString()}`);
  const { frames, longest } = await scroll(page);
  console.log(`scrolling ${frames} frames in a second, the longest ${Math.round(longest)} ms`);
});
