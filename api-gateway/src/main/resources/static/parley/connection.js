import { Problem, problemOf } from './problems.js';
import { FrameReader, HEART_BEAT, encode } from './stomp.js';
export class ConnectionLost extends Error {
    closing;
    name = 'ConnectionLost';
    constructor(closing) {
        super(`The connection ended: ${closing.code} ${closing.reason}`);
        this.closing = closing;
    }
}
const CONNECT_MS = 15_000;
const RECEIPT_MS = 30_000;
/** One STOMP connection, from CONNECT to its end. It does not come back: see Client. */
export class Connection {
    /** The id of the user, when CONNECTED has come. */
    opened;
    /** Never fails. */
    closed;
    #socket;
    #reader = new FrameReader();
    #receipts = new Map();
    #refusals = new Map();
    #subscriptions = new Map();
    #connected;
    #end;
    #ended = false;
    #problem;
    #next = 0;
    #heard = Date.now();
    #watch;
    #beat;
    constructor(url, token, heartBeats, create) {
        this.closed = new Promise((resolve) => {
            this.#end = resolve;
        });
        this.opened = new Promise((resolve, reject) => {
            const timer = setTimeout(() => this.abandon('no CONNECTED in time'), CONNECT_MS);
            this.#connected = { resolve: resolve, reject, timer };
        });
        // Nobody need wait for both.
        this.opened.catch(() => { });
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
    subscribe(destination, onBody) {
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
    request(destination, body) {
        return this.#exchange('SEND', { destination, 'content-type': 'application/json' }, JSON.stringify(body));
    }
    /** Without waiting for anything. */
    send(destination, body) {
        this.#write(encode('SEND', { destination, 'content-type': 'application/json' }, JSON.stringify(body)));
    }
    /** A refusal of a frame; it is given to whoever waits for that frame's receipt. Answers whether somebody does. */
    refused(problem) {
        const { receipt } = problem.body;
        if (receipt === undefined || !this.#receipts.has(receipt))
            return false;
        this.#refusals.set(receipt, problem);
        return true;
    }
    /** Says goodbye. */
    close() {
        this.#write(encode('DISCONNECT', {}));
        this.#socket.close();
        this.#over({ code: 1000, reason: 'closed here' });
    }
    /** Takes it as lost, without waiting for a farewell that may never come. */
    abandon(reason) {
        this.#socket.close();
        this.#over({ code: 1006, reason });
    }
    #exchange(command, headers, body) {
        const receipt = `r${this.#next++}`;
        return new Promise((resolve, reject) => {
            const timer = setTimeout(() => this.abandon('no RECEIPT in time'), RECEIPT_MS);
            this.#receipts.set(receipt, { resolve, reject, timer });
            this.#write(encode(command, { ...headers, receipt }, body));
            if (this.#ended)
                this.#rejectAll({ code: 1006, reason: 'ended before' });
        });
    }
    #write(text) {
        if (this.#ended)
            return;
        try {
            this.#socket.send(text);
        }
        catch {
            // It is closing; what was sent counts as lost.
        }
    }
    #read(data, heartBeats) {
        if (this.#ended)
            return;
        this.#heard = Date.now();
        let frames;
        try {
            frames = this.#reader.read(data);
        }
        catch (error) {
            this.abandon(String(error));
            return;
        }
        for (const frame of frames)
            this.#take(frame, heartBeats);
    }
    #take(frame, heartBeats) {
        switch (frame.command) {
            case 'CONNECTED':
                clearTimeout(this.#connected.timer);
                this.#beatAndWatch(frame.headers['heart-beat'] ?? '0,0', heartBeats);
                this.#connected.resolve(frame.headers['user-name'] ?? '');
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
    #receipt(id, slug) {
        const waiting = this.#receipts.get(id);
        if (!waiting)
            return;
        const refusal = this.#refusals.get(id);
        this.#receipts.delete(id);
        this.#refusals.delete(id);
        clearTimeout(waiting.timer);
        if (slug === undefined)
            waiting.resolve();
        else
            waiting.reject(refusal ?? new Problem({ type: slug }));
    }
    // STOMP 1.2, "Heart-beating": the rarer one of what one side can do and the other wants.
    #beatAndWatch(header, { sends, wants }) {
        const [theirs = 0, asked = 0] = header.split(',').map(Number);
        if (sends && asked)
            this.#beat = setInterval(() => this.#write(HEART_BEAT), Math.max(sends, asked) * 0.9);
        if (!wants || !theirs)
            return;
        const every = Math.max(wants, theirs);
        this.#watch = setInterval(() => {
            if (Date.now() - this.#heard > 2.5 * every)
                this.abandon('nothing was heard');
        }, every / 2);
    }
    #over(closing) {
        if (this.#ended)
            return;
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
    #rejectAll(closing) {
        for (const waiting of this.#receipts.values()) {
            clearTimeout(waiting.timer);
            waiting.reject(new ConnectionLost(closing));
        }
        this.#receipts.clear();
    }
}
