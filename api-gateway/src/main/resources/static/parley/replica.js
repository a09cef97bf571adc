import { Emitter } from './emitter.js';
import { Expiry } from './expiry.js';
/** What this client knows, in memory and in its store. */
export class Replica {
    store;
    news = new Emitter();
    conversations = new Map();
    /** clientMessageId → a message of one's own that the log has not shown yet, the oldest first. */
    outgoing = new Map();
    /** The reader's; empty until it is known. */
    userId = '';
    /** Up to where the inbox was synchronized. */
    since;
    /** How much is unread of a conversation without a log only the server knows. */
    uncounted = () => { };
    #expiry = new Expiry(this);
    #turns = Promise.resolve();
    #loaded = null;
    constructor(store) {
        this.store = store;
    }
    load() {
        this.#loaded ??= this.#load().catch((error) => {
            this.#loaded = null;
            throw error;
        });
        return this.#loaded;
    }
    async #load() {
        const saved = await this.store.load();
        this.userId = saved.userId ?? '';
        this.since = saved.since;
        saved.conversations.forEach((each) => this.conversations.set(each.id, each));
        saved.outbox.forEach((each) => this.outgoing.set(each.clientMessageId, each));
        await this.expire();
        if (saved.conversations.length)
            this.news.emit('inbox', [...this.conversations.keys()]);
    }
    /**
     * All that changes what is known runs one after the other, so that it sees what it builds on. It may not wait for the
     * server: fetch before. What fails is told as a problem, too.
     */
    turn(task) {
        const turn = this.#turns.then(task);
        this.#turns = turn.catch((error) => this.news.emit('problem', error));
        return turn;
    }
    /** When nothing is being changed any more. */
    async settled() {
        await this.#turns;
    }
    /**
     * In a turn: first into the store, then into memory, then to the app.
     *
     * @param news what `log` tells of it
     */
    async write(change, news) {
        await this.store.write(change);
        this.userId = change.userId ?? this.userId;
        this.since = change.since ?? this.since;
        change.left?.forEach((id) => this.conversations.delete(id));
        change.conversations?.forEach((each) => this.conversations.set(each.id, each));
        if (news?.events.length)
            this.news.emit('log', news);
        change.outgoing?.forEach((each) => this.put(each));
        change.arrived?.forEach((id) => this.#remove(id));
        if (change.conversations?.length)
            this.news.emit('inbox', change.conversations.map((each) => each.id));
        change.left?.forEach((id) => this.news.emit('left', id));
        this.#expiry.note(change);
    }
    /** What has disappeared by now goes; also when a timer that should have done so was asleep. */
    expire() {
        return this.#expiry.run();
    }
    /** In memory, for what can not wait for the store. */
    put(outgoing) {
        this.outgoing.set(outgoing.clientMessageId, outgoing);
        this.news.emit('outbox', { outgoing, gone: false });
    }
    #remove(clientMessageId) {
        const outgoing = this.outgoing.get(clientMessageId);
        if (!outgoing)
            return;
        this.outgoing.delete(clientMessageId);
        this.news.emit('outbox', { outgoing, gone: true });
    }
    /** The own messages on their way that these events show: as good as an ACK. */
    arrived(events) {
        return events.flatMap((event) => (event.type === 'MESSAGE' && event.authorId === this.userId
            && event.clientMessageId && this.outgoing.has(event.clientMessageId) ? [event.clientMessageId] : []));
    }
    /** What another user has left here is not this one's. */
    async belongTo(userId) {
        if (userId === this.userId)
            return;
        await this.turn(async () => {
            if (this.userId)
                await this.#clear();
            await this.write({ userId });
        });
    }
    clear() {
        return this.turn(() => this.#clear());
    }
    async #clear() {
        await this.store.clear();
        const left = [...this.conversations.keys()];
        this.conversations.clear();
        this.outgoing.clear();
        this.since = undefined;
        this.userId = '';
        left.forEach((id) => this.news.emit('left', id));
    }
}
