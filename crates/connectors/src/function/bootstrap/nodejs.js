// Runs a Node.js handler: fetches invocations from the Lambda Runtime API and answers them.
'use strict';
const http = require('http');
const fs = require('fs');
const net = require('net');
const path = require('path');
const { pathToFileURL } = require('url');

const env = process.env;
const [host, port] = env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

/** Ends this process and all that the handler started. */
function end() {
  try {
    process.kill(-process.pid, 'SIGKILL');
  } finally {
    process.exit(1);
  }
}

/** The server holds the other end of standard input: it closes when the server dies. */
function endWithTheServer() {
  const pipe = new net.Socket({ fd: 0, readable: true, writable: false });
  pipe.on('close', end).on('error', end).resume();
  pipe.unref();
}

/** Asks the Runtime API. When it is gone, so is the server, and this process ends. */
function ask(method, route, body, headers = {}) {
  return new Promise((resolve) => {
    const options = { host, port, method, agent, headers, path: '/2018-06-01/runtime' + route };
    const request = http.request(options, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part)).on('error', end);
      response.on('end', () => resolve([response.headers, Buffer.concat(parts)]));
    });
    request.on('error', end);
    request.end(body);
  });
}

class Fault extends Error {
  constructor(kind, message) {
    super(message);
    this.name = kind;
  }
}

/** The function that `_HANDLER` names: `src/index.handler`. */
async function load() {
  const text = env._HANDLER;
  const [, folder, module, name] = /^(.*\/)?([^/.]+)\.(.+)$/.exec(text) || [];
  if (!module) throw new Fault('Runtime.MalformedHandlerName', 'Bad handler');
  const stem = path.resolve(env.LAMBDA_TASK_ROOT, folder || '', module);
  const file = ['.js', '.mjs', '.cjs'].map((end) => stem + end).find((file) => fs.existsSync(file));
  if (!file) throw new Fault('Runtime.ImportModuleError', `Error: Cannot find module '${module}'`);
  let loaded;
  try {
    loaded = await import(pathToFileURL(file).href);
  } catch (error) {
    const syntax = error instanceof SyntaxError;
    throw new Fault(syntax ? 'Runtime.UserCodeSyntaxError' : 'Runtime.ImportModuleError', String(error));
  }
  const found = (from) => name.split('.').reduce((value, key) => value && value[key], from);
  const handler = found(loaded) || found(loaded.default);
  if (typeof handler === 'function') return handler;
  throw new Fault('Runtime.HandlerNotFound', `${text} is undefined or not exported`);
}

/** An error as Lambda shows it. */
function described(error) {
  if (error instanceof Error) {
    const trace = (error.stack || '').split('\n');
    return { errorType: error.name, errorMessage: error.message, trace };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function contextOf(headers, done) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  const client = headers['lambda-runtime-client-context'];
  return {
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: client ? JSON.parse(client) : undefined,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    done,
    fail: (error) => done(error || 'handled'),
    succeed: (result) => done(null, result),
  };
}

/** Calls the handler, which answers by its promise, by its callback, or not at all (`null`). */
function invoke(handler, event, headers) {
  return new Promise((resolve, reject) => {
    const done = (error, result) => (error ? reject(error) : resolve(result));
    const idle = () => resolve(null);
    process.once('beforeExit', idle);
    for (const fatal of ['uncaughtException', 'unhandledRejection']) {
      process.removeAllListeners(fatal);
      process.on(fatal, (error) => {
        reject(error);
        broken = true;
      });
    }
    const settled = () => process.removeListener('beforeExit', idle);
    let result;
    try {
      result = handler(event, contextOf(headers, done), done);
    } catch (error) {
      return reject(error);
    }
    if (result && typeof result.then === 'function') result.then(resolve, reject).then(settled);
  });
}

/** Whether the process is in no state to go on. */
let broken = false;

async function main() {
  endWithTheServer();
  let handler, fault;
  try {
    handler = await load();
  } catch (error) {
    fault = error;
    broken = true;
  }
  for (;;) {
    const [headers, body] = await ask('GET', '/invocation/next');
    const route = `/invocation/${headers['lambda-runtime-aws-request-id']}`;
    try {
      if (fault) throw fault;
      const result = await invoke(handler, JSON.parse(body), headers);
      const text = JSON.stringify(result === undefined ? null : result);
      await ask('POST', route + '/response', text, { 'Content-Type': 'application/json' });
    } catch (error) {
      const shown = described(error);
      console.error('ERROR', 'Invoke Error', JSON.stringify(shown));
      const type = { 'Lambda-Runtime-Function-Error-Type': encodeURI(shown.errorType) };
      await ask('POST', route + '/error', JSON.stringify(shown), type);
    }
    if (broken) process.exit(1);
  }
}

main();
