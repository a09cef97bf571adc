import { BackOff, pause } from './back-off.js';
import { Connection, ConnectionLost } from './connection.js';
import { SignedOut } from './tokens.js';
const RENEW_BEFORE_MS = 60_000;
const RENEW_SOONEST_MS = 5_000;
const RENEW_AGAIN_MS = 10_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** Has a connection as long as it is started: the next one when one ends, and a new token before the old one ends. */
export class Link {
    options;
    state = { name: 'stopped' };
    /** Ends with the present connection. */
    signal = AbortSignal.abort();
    #backOff;
    #running = null;
    #connection = null;
    #token = '';
    #renewal;
    #endWait = () => { };
    constructor(options) {
        this.options = options;
        this.#backOff = new BackOff(options.random);
    }
    start() {
        if (this.#running)
            return;
        this.#running = new AbortController();
        void this.#run(this.#running.signal);
    }
    stop() {
        this.#running?.abort();
        this.#running = null;
        this.#endWait();
        this.#become({ name: 'stopped' });
    }
    wake() {
        this.#endWait();
    }
    /** Every event comes from now on: the next failure is the first one again. */
    isGood() {
        this.#backOff.succeeded();
    }
    /** @throws ConnectionLost also when there is none */
    async request(destination, body) {
        if (!this.#connection)
            throw new ConnectionLost({ code: 1006, reason: 'no connection' });
        await this.#connection.request(destination, body);
    }
    publish(destination, body) {
        this.#connection?.send(destination, body);
    }
    /** Gives the connection the token that the source has now, if it is another one. */
    async renew() {
        const token = await this.options.tokens.fresh();
        if (this.#connection && token.accessToken !== this.#token)
            await this.#give(token);
    }
    async #run(stopped) {
        let refused = '';
        while (!stopped.aborted) {
            this.#become({ name: 'connecting' });
            let closing;
            let error;
            try {
                const { tokens } = this.options;
                const token = refused ? await tokens.other(refused) : await tokens.fresh();
                if (stopped.aborted)
                    return;
                closing = await this.#connect(token, stopped);
                refused = closing.code === 4401 ? token.accessToken : '';
                if (closing.reason === 'session-ended')
                    throw new SignedOut();
            }
            catch (failure) {
                if (stopped.aborted)
                    return;
                if (failure instanceof SignedOut) {
                    this.#running = null;
                    this.#become({ name: 'signed-out' });
                    return;
                }
                error = failure;
            }
            if (stopped.aborted)
                return;
            const ms = this.#backOff.next(closing && toldToWait(closing));
            this.#become({ name: 'waiting', ms, ...(closing && { closing }), ...(error !== undefined && { error }) });
            await this.#wait(ms, stopped);
        }
    }
    async #wait(ms, stopped) {
        const waking = new AbortController();
        this.#endWait = () => waking.abort();
        if (stopped.aborted)
            return;
        await pause(ms, waking.signal);
        this.#endWait = () => { };
    }
    // Until it has ended.
    async #connect(token, stopped) {
        const { url, heartBeats, socket, resume, failed } = this.options;
        const connection = new Connection(url, token.accessToken, heartBeats, socket);
        const ending = new AbortController();
        const end = () => connection.close();
        stopped.addEventListener('abort', end);
        const ended = connection.closed.then((closing) => {
            ending.abort();
            stopped.removeEventListener('abort', end);
            if (this.#connection !== connection)
                return closing;
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
            if (!ending.signal.aborted)
                this.#become({ name: 'online' });
        }
        catch (error) {
            if (!ending.signal.aborted && !(error instanceof ConnectionLost)) {
                failed(error);
                connection.abandon('could not resume');
            }
        }
        return ended;
    }
    #renewBefore(token) {
        clearTimeout(this.#renewal);
        if (token.expiresAt === undefined)
            return;
        const ms = Math.max(RENEW_SOONEST_MS, token.expiresAt - Date.now() - RENEW_BEFORE_MS);
        this.#renewal = setTimeout(() => void this.#renewBehind(token), Math.min(ms, LONGEST_TIMER_MS));
    }
    async #renewBehind(token) {
        const { signal } = this;
        try {
            await this.#give(await this.options.tokens.other(token.accessToken));
        }
        catch {
            // Refused, or no answer: the connection stays until its token ends.
            if (!signal.aborted)
                this.#renewal = setTimeout(() => void this.#renewBehind(token), RENEW_AGAIN_MS);
        }
    }
    async #give(token) {
        const before = this.#token;
        this.#token = token.accessToken;
        try {
            if (before !== token.accessToken)
                await this.request('/app/session/renew', { accessToken: token.accessToken });
        }
        catch (error) {
            this.#token = before;
            throw error;
        }
        this.#renewBefore(token);
    }
    #become(state) {
        this.state = state;
        this.options.tell(state);
    }
}
function toldToWait({ reason, problem }) {
    const told = /retry-after-ms=(\d+)/.exec(reason);
    return told ? Number(told[1]) : problem?.retryAfterMs;
}
