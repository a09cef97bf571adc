import { Problem, problemOf } from './problems.js';
import { FrameReader, HEART_BEAT, encode, type Frame, type Headers } from './stomp.js';

/** What of a WebSocket is used: a browser's, that of Node from 22 on, or that of the package ws. */
export interface Socket {
  binaryType: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: string | ArrayBuffer }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: ((event: never) => void) | null;
  send(text: string): void;
  close(): void;
}

export type SocketFactory = (url: string, protocols: string[]) => Socket;

/**
 * @param sends how often something is sent, in ms; 0: never, and the server pings instead, which a browser answers
 *     also where it slows the timers of a page that nobody looks at
 * @param wants how often something has to come, in ms
 */
export interface HeartBeats {
  sends: number;
  wants: number;
}

/** How a connection ended. */
export interface Closing {
  /** 1006: without a farewell, or given up by this side. */
  code: number;
  reason: string;
  /** What an ERROR frame said before. */
  problem?: Problem;
}

export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';

  constructor(readonly closing: Closing) {
    super(`The connection ended: ${closing.code} ${closing.reason}`);
  }
}

const CONNECT_MS = 15_000;
const RECEIPT_MS = 30_000;

interface Waiting {
  resolve(): void;
  reject(error: Error): void;
  timer: ReturnType<typeof setTimeout>;
}

/** One STOMP connection, from CONNECT to its end. It does not come back: see Client. */
export class Connection {
  /** The id of the user, when CONNECTED has come. */
  readonly opened: Promise<string>;
  /** Never fails. */
  readonly closed: Promise<Closing>;

  readonly #socket: Socket;
  readonly #reader = new FrameReader();
  readonly #receipts = new Map<string, Waiting>();
  readonly #refusals = new Map<string, Problem>();
  readonly #subscriptions = new Map<string, (body: string) => void>();
  #connected!: Waiting;
  #end!: (closing: Closing) => void;
  #ended = false;
  #problem: Problem | undefined;
  #next = 0;
  #heard = Date.now();
  #watch: ReturnType<typeof setInterval> | undefined;
  #beat: ReturnType<typeof setInterval> | undefined;

  constructor(url: string, token: string, heartBeats: HeartBeats, create: SocketFactory) {
    this.closed = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.opened = new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.abandon('no CONNECTED in time'), CONNECT_MS);
      this.#connected = { resolve: resolve as () => void, reject, timer };
    });
    // Nobody need wait for both.
    this.opened.catch(() => {});
    this.#socket = create(url, ['v12.stomp']);
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.onopen = () => this.#write(encode('CONNECT', {
      'accept-version': '1.2',
      host: new URL(url).hostname,
      'heart-beat': `${heartBeats.sends},${heartBeats.wants}`,
      Authorization: `Bearer ${token}`,
    }));
    this.#socket.onmessage = ({ data }) => this.#read(data, heartBeats);
    this.#socket.onclose = ({ code, reason }) => this.#over({ code, reason });
    // A close event follows, but not in Node 20 where there was no connection at all.
    this.#socket.onerror = () => void setTimeout(() => this.#over({ code: 1006, reason: 'could not connect' }), 100);
  }

  /** Resolves when everything from now on comes. */
  subscribe(destination: string, onBody: (body: string) => void): Promise<void> {
    const id = `s${this.#next++}`;
    this.#subscriptions.set(id, onBody);
    return this.#exchange('SUBSCRIBE', { id, destination });
  }

  /**
   * Resolves when the server has done it.
   *
   * @throws Problem what it refused, if /user/queue/problems is subscribed to
   * @throws ConnectionLost: it may be done or not
   */
  request(destination: string, body: unknown): Promise<void> {
    return this.#exchange('SEND', { destination, 'content-type': 'application/json' }, JSON.stringify(body));
  }

  /** Without waiting for anything. */
  send(destination: string, body: unknown): void {
    this.#write(encode('SEND', { destination, 'content-type': 'application/json' }, JSON.stringify(body)));
  }

  /** A refusal of a frame; it is given to whoever waits for that frame's receipt. Answers whether somebody does. */
  refused(problem: Problem): boolean {
    const { receipt } = problem.body;
    if (receipt === undefined || !this.#receipts.has(receipt)) return false;
    this.#refusals.set(receipt, problem);
    return true;
  }

  /** Says goodbye. */
  close(): void {
    this.#write(encode('DISCONNECT', {}));
    this.#socket.close();
    this.#over({ code: 1000, reason: 'closed here' });
  }

  /** Takes it as lost, without waiting for a farewell that may never come. */
  abandon(reason: string): void {
    this.#socket.close();
    this.#over({ code: 1006, reason });
  }

  #exchange(command: string, headers: Headers, body?: string): Promise<void> {
    const receipt = `r${this.#next++}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.abandon('no RECEIPT in time'), RECEIPT_MS);
      this.#receipts.set(receipt, { resolve, reject, timer });
      this.#write(encode(command, { ...headers, receipt }, body));
      if (this.#ended) this.#rejectAll({ code: 1006, reason: 'ended before' });
    });
  }

  #write(text: string): void {
    if (this.#ended) return;
    try {
      this.#socket.send(text);
    } catch {
      // It is closing; what was sent counts as lost.
    }
  }

  #read(data: string | ArrayBuffer, heartBeats: HeartBeats): void {
    if (this.#ended) return;
    this.#heard = Date.now();
    let frames: Frame[];
    try {
      frames = this.#reader.read(data);
    } catch (error) {
      this.abandon(String(error));
      return;
    }
    for (const frame of frames) this.#take(frame, heartBeats);
  }

  #take(frame: Frame, heartBeats: HeartBeats): void {
    switch (frame.command) {
      case 'CONNECTED':
        clearTimeout(this.#connected.timer);
        this.#beatAndWatch(frame.headers['heart-beat'] ?? '0,0', heartBeats);
        (this.#connected.resolve as (userId: string) => void)(frame.headers['user-name'] ?? '');
        break;
      case 'MESSAGE':
        this.#subscriptions.get(frame.headers['subscription'] ?? '')?.(frame.body);
        break;
      case 'RECEIPT':
        this.#receipt(frame.headers['receipt-id'] ?? '', frame.headers['problem']);
        break;
      case 'ERROR':
        // The server closes next, with a code.
        this.#problem = problemOf(frame.body);
        break;
      default: // Of a newer server.
    }
  }

  #receipt(id: string, slug: string | undefined): void {
    const waiting = this.#receipts.get(id);
    if (!waiting) return;
    const refusal = this.#refusals.get(id);
    this.#receipts.delete(id);
    this.#refusals.delete(id);
    clearTimeout(waiting.timer);
    if (slug === undefined) waiting.resolve();
    else waiting.reject(refusal ?? new Problem({ type: slug }));
  }

  // STOMP 1.2, "Heart-beating": the rarer one of what one side can do and the other wants.
  #beatAndWatch(header: string, { sends, wants }: HeartBeats): void {
    const [theirs = 0, asked = 0] = header.split(',').map(Number);
    if (sends && asked) this.#beat = setInterval(() => this.#write(HEART_BEAT), Math.max(sends, asked) * 0.9);
    if (!wants || !theirs) return;
    const every = Math.max(wants, theirs);
    this.#watch = setInterval(() => {
      if (Date.now() - this.#heard > 2.5 * every) this.abandon('nothing was heard');
    }, every / 2);
  }

  #over(closing: Closing): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#socket.onmessage = null;
    clearInterval(this.#watch);
    clearInterval(this.#beat);
    clearTimeout(this.#connected.timer);
    const whole = this.#problem ? { ...closing, problem: this.#problem } : closing;
    this.#connected.reject(new ConnectionLost(whole));
    this.#rejectAll(whole);
    this.#end(whole);
  }

  #rejectAll(closing: Closing): void {
    for (const waiting of this.#receipts.values()) {
      clearTimeout(waiting.timer);
      waiting.reject(new ConnectionLost(closing));
    }
    this.#receipts.clear();
  }
}
