const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/** How long to wait before the next try: docs/api/websocket.md, "Close codes". */
export class BackOff {
  #failures = 0;

  constructor(private readonly random: () => number = Math.random) {}

  /**
   * After one more failure, in milliseconds.
   *
   * @param toldMs what the server asked for, if it did
   */
  next(toldMs?: number): number {
    const doubled = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    return toldMs ?? doubled * (0.5 + this.random() / 2);
  }

  succeeded(): void {
    this.#failures = 0;
  }
}

/** Resolves after so many milliseconds, or at once when the signal says that it is over. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
