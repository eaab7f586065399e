// Text of others is never markup, and pages of others have no say.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { close, ROLE, settled, together } from './setup.mjs';

const shared = together();

const EVIL = '<img src=x onerror="globalThis.hacked=1"><script>globalThis.hacked=1</script>';

/** What text must never become: elements that the console does not make itself. */
const foreign = (page) => page.evaluate(() => {
  const roots = [document, ...[...document.querySelectorAll('*')].flatMap((each) => each.shadowRoot ?? [])];
  return roots.flatMap((root) => [...root.querySelectorAll('img, iframe, object, embed, script:not([src]), [onload], [onerror], a[href^="javascript:"]')].map((each) => each.outerHTML));
});

test('text from definitions and payloads is never markup', async () => {
  const name = '"><svg onload=globalThis.hacked=1>';
  const arn = await shared.create('hostile', {
    Comment: EVIL,
    StartAt: name,
    States: {
      [name]: { Type: 'Pass', Comment: EVIL, Result: { [EVIL]: EVIL }, Next: 'javascript:alert(1)' },
      'javascript:alert(1)': { Type: 'Fail', Error: EVIL, Cause: EVIL },
    },
  });
  const { executionArn } = await shared.call('StartExecution', { stateMachineArn: arn, input: JSON.stringify({ x: EVIL }) });
  const { activityArn } = await shared.call('CreateActivity', { name: 'wait' });
  const asking = await shared.create('asking', { StartAt: EVIL.slice(0, 80), States: { [EVIL.slice(0, 80)]: { Type: 'Task', Resource: activityArn, End: true } } });
  await shared.call('StartExecution', { stateMachineArn: asking, input: JSON.stringify(EVIL) });
  // Each with a text of which is known that the page shows it.
  const shown = [
    [`/executions/${executionArn}`, '<img src=x'],
    [`/executions/${executionArn}?state=${encodeURIComponent(name)}`, '"><svg onload'],
    [`/executions/${executionArn}?tab=events&event=2`, '"><svg onload'],
    [`/executions/${executionArn}?tab=timeline`, '"><svg onload'],
    [`/executions/${executionArn}?tab=states`, '"><svg onload'],
    [`/machines/${arn}?tab=graph`, '"><svg onload'],
    [`/machines/${arn}?tab=definition`, '<img src=x'],
    [`/machines/${arn}/edit`, '"><svg onload'],
    [`/machines/${arn}/edit?mode=code`, '<img src=x'],
    ['/tasks', '<img src=x'],
    [`/machines/${encodeURIComponent(EVIL)}`, '<img src=x'],
  ];
  const page = await shared.open('/', { tolerated: /status of 400/ });
  for (const [path, text] of shown) {
    await page.goto(shared.url + path);
    await settled(page);
    await page.getByText(text).first().waitFor({ state: 'attached' });
    assert.deepEqual(await foreign(page), [], path);
    assert.equal(await page.evaluate(() => globalThis.hacked), undefined, path);
  }
  await close(page);
});

test('the policy stops markup even where the console would let it through', async () => {
  const page = await shared.open('/', { tolerated: /Content Security Policy|Trusted(HTML|Script)/ });
  await settled(page);
  const policy = (await (await fetch(shared.url)).headers.get('content-security-policy')) ?? '';
  for (const rule of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"]) assert.ok(policy.includes(rule), rule);
  assert.ok(!/unsafe|\*|https?:/.test(policy), policy);
  const stopped = await page.evaluate(async (evil) => {
    const refuses = (what) => {
      try {
        what();
        return false;
      } catch (error) {
        return error instanceof TypeError;
      }
    };
    const violation = new Promise((done) => document.addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective), { once: true }));
    const innerHtml = refuses(() => {
      document.body.innerHTML = evil;
    });
    const image = document.createElement('img');
    image.setAttribute('src', 'x');
    document.body.append(image);
    const frame = document.createElement('iframe');
    document.body.append(frame);
    const script = document.createElement('script');
    const scriptText = refuses(() => {
      script.text = 'globalThis.hacked = 1';
    });
    const elsewhere = await fetch('http://elsewhere.test/').then(() => false, () => true);
    image.remove();
    frame.remove();
    return { innerHtml, scriptText, elsewhere, violated: await violation };
  }, EVIL);
  assert.deepEqual({ ...stopped, violated: typeof stopped.violated }, { innerHtml: true, scriptText: true, elsewhere: true, violated: 'string' });
  // The same text in a page without the policy does its harm: what is looked for can be found.
  const context = await shared.browser.newContext();
  const naive = await context.newPage();
  await naive.route('http://naive.test/**', (route) => route.fulfill(new URL(route.request().url()).pathname === '/' ? { contentType: 'text/html', body: `<h1>naive</h1>${EVIL}` } : { status: 404 }));
  await naive.goto('http://naive.test/');
  assert.equal(await naive.evaluate(() => globalThis.hacked), 1);
  assert.equal((await foreign(naive)).length, 2);
  await context.close();
  await close(page);
});

/** Tries, in a page, every way of calling that a page has; gives what it could read of each answer. */
async function attempts(page, targets, name) {
  return await page.evaluate(async ([urls, body]) => {
    const target = { 'x-amz-target': 'AWSStepFunctions.CreateStateMachine' };
    const tries = [
      (url) => fetch(url, { method: 'POST', headers: { 'content-type': 'application/x-amz-json-1.0', ...target }, body }),
      (url) => fetch(url, { method: 'POST', mode: 'no-cors', headers: { 'content-type': 'text/plain' }, body }),
      (url) => fetch(`${url}/?Action=CreateStateMachine`, { method: 'POST', mode: 'no-cors', body }),
      (url) => fetch(`${url}/console/api/definition`, { method: 'POST', mode: 'no-cors', body: '{"text":"{}"}' }),
      (url) => fetch(`${url}/console/api/definition`, { method: 'POST', headers: { 'x-stepwell-console': '1' }, body: '{"text":"{}"}' }),
      (url) => fetch(`${url}/console/api/tasks`),
      (url) => fetch(url),
    ];
    const read = [];
    for (const url of urls) {
      for (const attempt of tries) {
        read.push(await attempt(url).then(async (answer) => (answer.type === 'opaque' ? 'opaque' : `${answer.status} ${(await answer.text()).slice(0, 80)}`), () => 'refused'));
      }
      const stream = new EventSource(`${url}/console/api/executions/x/events`);
      read.push(await new Promise((done) => {
        stream.onopen = () => done('stream');
        stream.onerror = () => done('refused');
      }));
      stream.close();
    }
    return read;
  }, [targets, JSON.stringify({ name, definition: '{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}', roleArn: ROLE })]);
}

const names = async () => (await shared.call('ListStateMachines', {})).stateMachines.map((machine) => machine.name);

test('no page of another origin can make the server act', async () => {
  const context = await shared.browser.newContext();
  const attacker = await context.newPage();
  await attacker.route('http://attacker.test/', (route) => route.fulfill({ contentType: 'text/html', body: '<h1>attacker</h1>' }));
  await attacker.goto('http://attacker.test/');
  // Another name for the same machine is another origin too.
  const results = await attempts(attacker, [shared.url, shared.url.replace('127.0.0.1', 'localhost')], 'planted');
  assert.ok(results.every((result) => result === 'refused' || result === 'opaque'), String(results));
  assert.ok(!(await names()).includes('planted'));
  // A form is sent without a preflight.
  await attacker.evaluate(([url, body]) => {
    document.body.innerHTML = `<form method="post" enctype="text/plain" action="${url}"><input name='${body.slice(0, -1)},"x":"' value='"}'></form>`;
    document.querySelector('form').submit();
  }, [shared.url, JSON.stringify({ name: 'planted', definition: '{}', roleArn: ROLE }).replaceAll("'", '')]);
  await attacker.waitForURL(`${shared.url}/`);
  assert.ok(!(await names()).includes('planted'));
  // A frame shows nothing that could be clicked by mistake.
  await attacker.goto('http://attacker.test/');
  await attacker.evaluate((url) => {
    const frame = document.createElement('iframe');
    frame.src = url;
    document.body.append(frame);
    return new Promise((done) => frame.addEventListener('load', done));
  }, shared.url);
  for (const frame of attacker.frames().slice(1)) assert.ok(!frame.url().startsWith(shared.url), frame.url());
  await context.close();
  // The console's own pages can do all of that: the attempts themselves are sound.
  const own = await shared.open('/', { tolerated: /status of 4/ });
  const allowed = await attempts(own, [shared.url], 'allowed');
  assert.ok((await names()).includes('allowed'), String(allowed));
  assert.match(allowed[4], /^200 /);
  await close(own);
});

test('another name for this address is refused', async () => {
  const rebound = await fetch(`${shared.url}/`, { method: 'POST', headers: { 'x-amz-target': 'AWSStepFunctions.ListStateMachines' }, body: '{}' });
  assert.equal(rebound.status, 200);
  const context = await shared.browser.newContext();
  const page = await context.newPage();
  // What a browser sends after the name it trusts has come to mean this machine.
  const answer = await page.request.fetch(`${shared.url}/`, { method: 'POST', headers: { host: 'attacker.test', 'x-amz-target': 'AWSStepFunctions.ListStateMachines' }, data: '{}' });
  assert.equal(answer.status(), 403);
  await context.close();
});
