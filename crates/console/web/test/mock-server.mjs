// A stand-in for the server, for looking at pages before there is one: it answers from a recording.
// usage: node test/mock-server.mjs [port]
import { readFileSync, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, resolve } from 'node:path';

const web = resolve(import.meta.dirname, '..');
const dist = join(web, 'dist');
const rust = readFileSync(join(web, '../src/lib.rs'), 'utf8');
const policy = /"content-security-policy",\s*"([^"]+)"/.exec(rust)[1].replaceAll(/\\\n\s*/g, '');
const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };
const now = Date.now() / 1000;
const A = 'arn:aws:states:us-east-1:000000000000';
const LONG = Number(process.env.EVENTS ?? 25_000);

const definition = {
  Comment: 'An order <b>from</b> payment to shipping', StartAt: 'Check order',
  States: {
    'Check order': { Type: 'Pass', Next: 'Anything to pay?' },
    'Anything to pay?': { Type: 'Choice', Choices: [{ Variable: '$.total', NumericGreaterThan: 0, Next: 'Take payment' }], Default: 'Refuse order' },
    'Take payment': { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Parameters: { FunctionName: 'pay' }, Retry: [{ ErrorEquals: ['States.TaskFailed'] }], Catch: [{ ErrorEquals: ['Card.Declined'], Next: 'Refuse order' }], Next: 'Each item' },
    'Each item': { Type: 'Map', ItemsPath: '$.items', ItemProcessor: { StartAt: 'Pick', States: { Pick: { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken', Next: 'Pack' }, Pack: { Type: 'Pass', End: true } } }, Next: 'Ship' },
    Ship: { Type: 'Task', Resource: 'arn:aws:states:::dynamodb:putItem', End: true },
    'Refuse order': { Type: 'Fail', Error: 'EmptyOrder' },
  },
};

function story() {
  const events = [];
  let clock = now - 90;
  const add = (type, prev, details = {}, wait = 0.2) => {
    clock += wait;
    const key = `${type.endsWith('StateEntered') ? 'stateEntered' : type.endsWith('StateExited') ? 'stateExited' : type[0].toLowerCase() + type.slice(1)}EventDetails`;
    events.push({ id: events.length + 1, previousEventId: prev, timestamp: clock, type, [key]: details });
    return events.length;
  };
  const input = JSON.stringify({ total: 61, items: [1, 2, 3], note: '<img src=x onerror=alert(1)>' });
  add('ExecutionStarted', 0, { input, roleArn: 'arn:aws:iam::0:role/r' });
  let p = add('PassStateEntered', 0, { name: 'Check order', input });
  p = add('PassStateExited', p, { name: 'Check order', output: input, assignedVariables: { total: '61', customer: '"c-17"' } });
  p = add('ChoiceStateEntered', p, { name: 'Anything to pay?', input });
  p = add('ChoiceStateExited', p, { name: 'Anything to pay?', output: input });
  p = add('TaskStateEntered', p, { name: 'Take payment', input });
  for (const last of [false, true]) {
    p = add('TaskScheduled', p, { resourceType: 'lambda', resource: 'invoke', region: 'us-east-1', parameters: '{"FunctionName":"pay"}' }, last ? 2 : 0.1);
    p = add('TaskStarted', p, { resourceType: 'lambda', resource: 'invoke' });
    p = last ? add('TaskSucceeded', p, { resourceType: 'lambda', resource: 'invoke', output: '{"Payload":{"paid":true}}' }, 3) : add('TaskFailed', p, { resourceType: 'lambda', resource: 'invoke', error: 'Lambda.ServiceException', cause: 'try again' }, 4);
  }
  p = add('TaskStateExited', p, { name: 'Take payment', output: input });
  p = add('MapStateEntered', p, { name: 'Each item', input });
  const started = add('MapStateStarted', p, { length: 3 });
  const ends = [0, 1, 2].map((index) => {
    let q = add('MapIterationStarted', started, { name: 'Each item', index });
    q = add('TaskStateEntered', q, { name: 'Pick', input: String(index + 1) });
    q = add('TaskScheduled', q, { resourceType: 'sqs', resource: 'sendMessage.waitForTaskToken', region: 'us-east-1', parameters: '{}' });
    q = add('TaskStarted', q, { resourceType: 'sqs', resource: 'sendMessage.waitForTaskToken' });
    return add('TaskSubmitted', q, { resourceType: 'sqs', resource: 'sendMessage.waitForTaskToken', output: '{}' });
  });
  let q = add('TaskSucceeded', ends[0], { resourceType: 'sqs', resource: 'sendMessage.waitForTaskToken', output: '"ok"' }, 9);
  q = add('TaskStateExited', q, { name: 'Pick', output: '"ok"' });
  q = add('PassStateEntered', q, { name: 'Pack', input: '"ok"' });
  q = add('PassStateExited', q, { name: 'Pack', output: '"ok"' });
  add('MapIterationSucceeded', q, { name: 'Each item', index: 0 });
  q = add('TaskFailed', ends[1], { resourceType: 'sqs', resource: 'sendMessage.waitForTaskToken', error: 'OutOfStock', cause: 'Nothing on the shelf' }, 6);
  add('MapIterationFailed', q, { name: 'Each item', index: 1 });
  add('TaskStateAborted', q);
  add('MapIterationAborted', q, { name: 'Each item', index: 2 });
  add('TaskStateAborted', q);
  const failed = add('MapStateFailed', q);
  add('ExecutionFailed', failed, { error: 'OutOfStock', cause: 'Nothing on the shelf' });
  return events;
}

function long() {
  const events = [{ id: 1, previousEventId: 0, timestamp: now - 9000, type: 'ExecutionStarted', executionStartedEventDetails: { input: '{}' } }];
  for (let id = 2; id < LONG; id += 2) {
    const name = ['Check order', 'Take payment', 'Ship'][(id / 2) % 3];
    events.push({ id, previousEventId: id === 2 ? 0 : id - 1, timestamp: now - 9000 + id / 3, type: 'PassStateEntered', stateEnteredEventDetails: { name, input: '{"n":1}' } });
    events.push({ id: id + 1, previousEventId: id, timestamp: now - 9000 + id / 3 + 0.2, type: 'PassStateExited', stateExitedEventDetails: { name, output: '{"n":1}' } });
  }
  return events;
}

const machine = (name, type = 'STANDARD') => ({ stateMachineArn: `${A}:stateMachine:${name}`, name, type, creationDate: now - 86_000 });
const machines = process.env.EMPTY ? [] : [machine('order-processing'), machine('etl-nightly'), machine('thumbnail', 'EXPRESS'), machine('invoice-approval')];
const execution = (name, status, ago) => ({ executionArn: `${A}:execution:order-processing:${name}`, stateMachineArn: machines[0]?.stateMachineArn, name, status, startDate: now - ago, ...(status === 'RUNNING' ? {} : { stopDate: now - ago + 34 }), redriveCount: 0 });
const executions = [execution('failing-1', 'FAILED', 90), execution('long-1', 'SUCCEEDED', 9000), execution('c3d9', 'SUCCEEDED', 12_000), execution('d1aa', 'TIMED_OUT', 40_000), execution('e5f0', 'ABORTED', 80_000), execution('f00d', 'RUNNING', 20)];
const counts = { pending: 410, running: 40, succeeded: 1310, failed: 12, timedOut: 3, aborted: 0, total: 1775, resultsWritten: 0 };
const histories = { 'failing-1': story(), 'long-1': long() };
const nameOf = (arn) => arn.split(':').at(-1);

const answers = {
  ListStateMachines: () => ({ stateMachines: machines }),
  DescribeStateMachine: (i) => ({ ...machines.find((m) => i.stateMachineArn.startsWith(m.stateMachineArn)), status: 'ACTIVE', roleArn: 'arn:aws:iam::000000000000:role/r', definition: JSON.stringify(definition, null, 2) }),
  DescribeStateMachineForExecution: () => ({ ...machines[0], roleArn: 'arn:aws:iam::0:role/r', definition: JSON.stringify(definition) }),
  ListTagsForResource: (i) => ({ tags: i.resourceArn.includes('order') ? [{ key: 'team', value: 'shop' }, { key: 'stage', value: 'test' }] : [] }),
  ListExecutions: (i) => ({ executions: i.stateMachineArn?.includes('order') || i.mapRunArn ? executions.filter((e) => !i.statusFilter || e.status === i.statusFilter) : [] }),
  DescribeExecution: (i) => ({ ...executions.find((e) => e.executionArn === i.executionArn), input: '{"total":61,"items":[1,2,3]}', ...(i.executionArn.endsWith('failing-1') ? { error: 'OutOfStock', cause: 'Nothing on the shelf', redriveStatus: 'REDRIVABLE' } : { output: '{"ok":true}' }) }),
  GetExecutionHistory: (i) => {
    const all = histories[nameOf(i.executionArn)] ?? [];
    const from = Number(i.nextToken ?? 0);
    const to = from + (i.maxResults || 100);
    return { events: all.slice(from, to), ...(to < all.length ? { nextToken: String(to) } : {}) };
  },
  ListStateMachineVersions: () => ({ stateMachineVersions: [2, 1].map((n) => ({ stateMachineVersionArn: `${machines[0].stateMachineArn}:${n}`, creationDate: now - 5000 })) }),
  ListStateMachineAliases: () => ({ stateMachineAliases: [] }),
  DescribeMapRun: (i) => ({ mapRunArn: i.mapRunArn, executionArn: executions[0].executionArn, status: 'RUNNING', startDate: now - 70, maxConcurrency: 40, toleratedFailurePercentage: 5, toleratedFailureCount: 0, itemCounts: counts, executionCounts: counts }),
  UpdateStateMachine: () => ({ updateDate: now, revisionId: 'r2' }),
  CreateStateMachine: () => ({ stateMachineArn: machines[0].stateMachineArn, creationDate: now }),
  TestState: (i) => ({ status: 'SUCCEEDED', output: i.input, nextState: 'Ship', inspectionData: { input: i.input, afterInputPath: i.input, result: '{}', afterResultPath: i.input } }),
};
const consoleAnswers = {
  tasks: () => ({
    tasks: [{ taskToken: 'T1', kind: 'callback', executionArn: executions[5].executionArn, stateName: 'Manager approval', resource: 'sqs:sendMessage.waitForTaskToken', input: '{"amount":950}', scheduledDate: now - 500 }],
    activities: [{ activityArn: `${A}:activity:pack`, name: 'pack', creationDate: now - 5000, scheduled: 2, started: 1 }],
  }),
  integrations: () => ({ integrations: [{ service: 'lambda', name: 'AWS Lambda', actions: [{ action: 'invoke', resource: 'arn:aws:states:::lambda:invoke', patterns: ['', '.waitForTaskToken'], parameters: ['FunctionName', 'Payload'] }] }, { service: 'dynamodb', name: 'Amazon DynamoDB', actions: ['getItem', 'putItem', 'updateItem', 'deleteItem'].map((action) => ({ action, resource: `arn:aws:states:::dynamodb:${action}`, patterns: [''], parameters: ['TableName', 'Key'] })) }] }),
  definition: (body) => {
    try {
      JSON.parse(body.text);
      return { diagnostics: [], completions: [] };
    } catch (error) {
      return { diagnostics: [{ severity: 'ERROR', code: 'INVALID_JSON_DESCRIPTION', message: error.message, location: '', from: 0, to: 1, line: 1, column: 1 }], completions: [] };
    }
  },
};

createServer(async (request, response) => {
  const url = new URL(request.url, 'http://x');
  const headers = { 'content-security-policy': policy };
  if (request.method === 'POST' || url.pathname.startsWith('/console/api/')) {
    let text = '';
    for await (const chunk of request) text += chunk;
    const name = request.headers['x-amz-target']?.split('.')[1] ?? url.pathname.split('/')[3];
    const answer = (answers[name] ?? consoleAnswers[name])?.(text ? JSON.parse(text) : {});
    response.writeHead(answer ? 200 : 400, { ...headers, 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? { __type: 'UnknownOperationException', message: `no ${name}` }));
    return;
  }
  const file = join(dist, url.pathname);
  const path = url.pathname !== '/' && existsSync(file) ? file : join(dist, 'index.html');
  response.writeHead(200, { ...headers, 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' });
  response.end(readFileSync(path));
}).listen(Number(process.argv[2] ?? 8099), '127.0.0.1', () => console.log('listening'));
