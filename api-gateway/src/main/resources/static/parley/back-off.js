const FIRST_MS = 500;
const LONGEST_MS = 15_000;
/** How long to wait before the next try: docs/api/websocket.md, "Close codes". */
export class BackOff {
    random;
    #failures = 0;
    constructor(random = Math.random) {
        this.random = random;
    }
    /**
     * After one more failure, in milliseconds.
     *
     * @param toldMs what the server asked for, if it did
     */
    next(toldMs) {
        const doubled = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(this.#failures, 10));
        this.#failures += 1;
        return toldMs ?? doubled * (0.5 + this.random() / 2);
    }
    succeeded() {
        this.#failures = 0;
    }
}
/** Resolves after so many milliseconds, or at once when the signal says that it is over. */
export function pause(ms, signal) {
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
