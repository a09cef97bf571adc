import { BackOff, pause } from './back-off.js';
import { Connection, ConnectionLost, type Closing, type HeartBeats, type SocketFactory } from './connection.js';
import { SignedOut, type Token, type Tokens } from './tokens.js';

/**
 * connecting: has no connection yet; resuming: has one, and fetches what was missed; online: nothing is missing;
 * waiting: for the next try; signed-out: the user has to log in; stopped: by the app.
 */
export type State =
  | { name: 'connecting' | 'resuming' | 'online' | 'signed-out' | 'stopped' }
  | { name: 'waiting'; ms: number; closing?: Closing; error?: unknown };

export interface LinkOptions {
  url: string;
  tokens: Tokens;
  heartBeats: HeartBeats;
  socket: SocketFactory;
  random: () => number;
  /** There is a connection. @param signal ends with it */
  resume(connection: Connection, userId: string, signal: AbortSignal): Promise<void>;
  tell(state: State): void;
  failed(error: unknown): void;
}

const RENEW_BEFORE_MS = 60_000;
const RENEW_SOONEST_MS = 5_000;
const RENEW_AGAIN_MS = 10_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Has a connection as long as it is started: the next one when one ends, and a new token before the old one ends. */
export class Link {
  state: State = { name: 'stopped' };
  /** Ends with the present connection. */
  signal: AbortSignal = AbortSignal.abort();

  readonly #backOff: BackOff;
  #running: AbortController | null = null;
  #connection: Connection | null = null;
  #token = '';
  #renewal: ReturnType<typeof setTimeout> | undefined;
  #endWait: () => void = () => {};

  constructor(private readonly options: LinkOptions) {
    this.#backOff = new BackOff(options.random);
  }

  start(): void {
    if (this.#running) return;
    this.#running = new AbortController();
    void this.#run(this.#running.signal);
  }

  stop(): void {
    this.#running?.abort();
    this.#running = null;
    this.#endWait();
    this.#become({ name: 'stopped' });
  }

  wake(): void {
    this.#endWait();
  }

  /** Every event comes from now on: the next failure is the first one again. */
  isGood(): void {
    this.#backOff.succeeded();
  }

  /** @throws ConnectionLost also when there is none */
  async request(destination: string, body: unknown): Promise<void> {
    if (!this.#connection) throw new ConnectionLost({ code: 1006, reason: 'no connection' });
    await this.#connection.request(destination, body);
  }

  publish(destination: string, body: unknown): void {
    this.#connection?.send(destination, body);
  }

  /** Gives the connection the token that the source has now, if it is another one. */
  async renew(): Promise<void> {
    const token = await this.options.tokens.fresh();
    if (this.#connection && token.accessToken !== this.#token) await this.#give(token);
  }

  async #run(stopped: AbortSignal): Promise<void> {
    let refused = '';
    while (!stopped.aborted) {
      this.#become({ name: 'connecting' });
      let closing: Closing | undefined;
      let error: unknown;
      try {
        const { tokens } = this.options;
        const token = refused ? await tokens.other(refused) : await tokens.fresh();
        if (stopped.aborted) return;
        closing = await this.#connect(token, stopped);
        refused = closing.code === 4401 ? token.accessToken : '';
        if (closing.reason === 'session-ended') throw new SignedOut();
      } catch (failure) {
        if (stopped.aborted) return;
        if (failure instanceof SignedOut) {
          this.#running = null;
          this.#become({ name: 'signed-out' });
          return;
        }
        error = failure;
      }
      if (stopped.aborted) return;
      const ms = this.#backOff.next(closing && toldToWait(closing));
      this.#become({ name: 'waiting', ms, ...(closing && { closing }), ...(error !== undefined && { error }) });
      await this.#wait(ms, stopped);
    }
  }

  async #wait(ms: number, stopped: AbortSignal): Promise<void> {
    const waking = new AbortController();
    this.#endWait = () => waking.abort();
    if (stopped.aborted) return;
    await pause(ms, waking.signal);
    this.#endWait = () => {};
  }

  // Until it has ended.
  async #connect(token: Token, stopped: AbortSignal): Promise<Closing> {
    const { url, heartBeats, socket, resume, failed } = this.options;
    const connection = new Connection(url, token.accessToken, heartBeats, socket);
    const ending = new AbortController();
    const end = () => connection.close();
    stopped.addEventListener('abort', end);
    const ended = connection.closed.then((closing) => {
      ending.abort();
      stopped.removeEventListener('abort', end);
      if (this.#connection !== connection) return closing;
      clearTimeout(this.#renewal);
      this.#connection = null;
      return closing;
    });
    this.signal = ending.signal;
    this.#token = token.accessToken;
    try {
      const userId = await connection.opened;
      this.#connection = connection;
      this.#renewBefore(token);
      this.#become({ name: 'resuming' });
      await resume(connection, userId, ending.signal);
      if (!ending.signal.aborted) this.#become({ name: 'online' });
    } catch (error) {
      if (!ending.signal.aborted && !(error instanceof ConnectionLost)) {
        failed(error);
        connection.abandon('could not resume');
      }
    }
    return ended;
  }

  #renewBefore(token: Token): void {
    clearTimeout(this.#renewal);
    if (token.expiresAt === undefined) return;
    const ms = Math.max(RENEW_SOONEST_MS, token.expiresAt - Date.now() - RENEW_BEFORE_MS);
    this.#renewal = setTimeout(() => void this.#renewBehind(token), Math.min(ms, LONGEST_TIMER_MS));
  }

  async #renewBehind(token: Token): Promise<void> {
    const { signal } = this;
    try {
      await this.#give(await this.options.tokens.other(token.accessToken));
    } catch {
      // Refused, or no answer: the connection stays until its token ends.
      if (!signal.aborted) this.#renewal = setTimeout(() => void this.#renewBehind(token), RENEW_AGAIN_MS);
    }
  }

  async #give(token: Token): Promise<void> {
    const before = this.#token;
    this.#token = token.accessToken;
    try {
      if (before !== token.accessToken) await this.request('/app/session/renew', { accessToken: token.accessToken });
    } catch (error) {
      this.#token = before;
      throw error;
    }
    this.#renewBefore(token);
  }

  #become(state: State): void {
    this.state = state;
    this.options.tell(state);
  }
}

function toldToWait({ reason, problem }: Closing): number | undefined {
  const told = /retry-after-ms=(\d+)/.exec(reason);
  return told ? Number(told[1]) : problem?.retryAfterMs;
}
