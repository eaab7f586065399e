/** Calls the Step Functions API of the server that served this page, as any AWS client would. */
import type { Operations } from './operations.ts';

export class ApiError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status: number) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
  }
}

export type OperationName = keyof Operations;
export type Input<N extends OperationName> = Operations[N]['input'];
export type Output<N extends OperationName> = Operations[N]['output'];

/** The custom headers make every call a "preflighted" one: no page of another origin can send it. */
export async function call<N extends OperationName>(operation: N, input: Input<N>, signal?: AbortSignal): Promise<Output<N>> {
  const response = await send('/', {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AWSStepFunctions.${operation}`, 'x-stepwell-console': '1' },
    body: JSON.stringify(input),
    ...(signal ? { signal } : {}),
  });
  return (await response.json()) as Output<N>;
}

/** The few endpoints that only the console uses (crates/console/API.md). */
export async function consoleCall<T>(path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const response = await send(`/console/api/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { accept: 'application/json', 'x-stepwell-console': '1', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  });
  return (await response.json()) as T;
}

async function send(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, credentials: 'same-origin', cache: 'no-store' });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError('Unreachable', 'The server does not answer. Is it still running?', 0);
  }
  if (response.ok) return response;
  throw await errorOf(response);
}

async function errorOf(response: Response): Promise<ApiError> {
  const text = await response.text();
  try {
    const body = JSON.parse(text) as Record<string, unknown>;
    const type = String(body['__type'] ?? body['code'] ?? 'Error');
    return new ApiError(type.slice(type.lastIndexOf('#') + 1), String(body['message'] ?? body['Message'] ?? type), response.status);
  } catch {
    return new ApiError('Error', text.slice(0, 500) || `The server answered ${response.status}.`, response.status);
  }
}
