import { BackOff, pause } from './back-off.js';
import { Problem, problemOf } from './problems.js';
import type { Tokens } from './tokens.js';

const TIMEOUT_MS = 30_000;

export interface CallOptions {
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

/** Calls of the REST API, with the present token. */
export class Rest {
  /** @param address of the gateway, without a path */
  constructor(
    private readonly address: string,
    private readonly tokens: Tokens,
    private readonly fetch: typeof globalThis.fetch) {}

  /**
   * @param path behind /api/v1
   * @throws Problem what the server refused; whatever fetch throws when there was no answer
   */
  async call<T>(method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<T> {
    const { accessToken } = await this.tokens.fresh();
    try {
      return await this.#once<T>(method, path, body, options, accessToken);
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.status !== 401) throw problem;
      const other = await this.tokens.other(accessToken);
      return this.#once<T>(method, path, body, options, other.accessToken);
    }
  }

  /** The same until there is an answer, or the signal says that nobody waits for it any more. For reading only. */
  async patiently<T>(path: string, signal: AbortSignal): Promise<T> {
    const backOff = new BackOff();
    for (;;) {
      try {
        return await this.call<T>('GET', path, undefined, { signal });
      } catch (error) {
        const isPassing = error instanceof Problem ? error.isPassing : error instanceof TypeError || isTimeout(error);
        if (signal.aborted || !isPassing) throw error;
        await pause(backOff.next(error instanceof Problem ? error.retryAfterMs : undefined), signal);
      }
    }
  }

  async #once<T>(method: string, path: string, body: unknown, options: CallOptions, token: string): Promise<T> {
    const headers: Record<string, string> = { ...options.headers, Authorization: `Bearer ${token}` };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    const ending = new AbortController();
    const end = () => ending.abort(options.signal?.reason);
    const timer = setTimeout(() => ending.abort(new DOMException('No answer in time', 'TimeoutError')), TIMEOUT_MS);
    options.signal?.addEventListener('abort', end);
    if (options.signal?.aborted) end();
    try {
      const response = await this.fetch(`${this.address}/api/v1${path}`, {
        method, headers, signal: ending.signal, body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await response.text();
      if (!response.ok) throw refusal(text, response);
      return (text ? JSON.parse(text) : null) as T;
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', end);
    }
  }
}

const isTimeout = (error: unknown) => error instanceof DOMException && error.name === 'TimeoutError';

function refusal(text: string, response: Response): Problem {
  const problem = problemOf(text, response.status);
  const told = response.headers.get('Retry-After');
  if (told && problem.body.retryAfter === undefined) problem.body.retryAfter = Number(told);
  return problem;
}
