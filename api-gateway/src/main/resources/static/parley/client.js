import { Api } from './api.js';
import { Emitter } from './emitter.js';
import { Inbox } from './inbox.js';
import { afterSettings, withLast } from './items.js';
import { Link } from './link.js';
import { Logs } from './logs.js';
import { Outbox } from './outbox.js';
import { problemOf } from './problems.js';
import { Replica } from './replica.js';
import { Rest } from './rest.js';
import { MemoryStore } from './store.js';
import { Tokens } from './tokens.js';
import { isOfLog } from './types.js';
/**
 * The reference client: docs/api/websocket.md, "Resuming, for authors of clients", as code. One connection that comes
 * back by itself; the inbox; the logs of the conversations that were opened, whole and in order; messages that are sent
 * once, whatever breaks meanwhile.
 */
export class Client {
    api;
    #replica;
    #rest;
    #link;
    #inbox;
    #logs;
    #outbox;
    #states = new Emitter();
    #subscribed = false;
    constructor(options) {
        const { address, store = new MemoryStore(), random = Math.random } = options;
        const tokens = new Tokens(options.token);
        this.#replica = new Replica(store);
        this.#rest = new Rest(address, tokens, options.fetch ?? ((...call) => globalThis.fetch(...call)));
        this.api = new Api(this.#rest);
        this.#link = new Link({
            url: `${address.replace(/^http/, 'ws')}/ws`,
            tokens,
            heartBeats: options.heartBeats ?? { sends: 0, wants: 10_000 },
            socket: options.socket ?? ((url, protocols) => new WebSocket(url, protocols)),
            random,
            resume: (connection, userId, signal) => this.#resume(connection, userId, signal),
            tell: (state) => this.#states.emit('state', state),
            failed: (error) => this.#replica.news.emit('problem', error),
        });
        this.#logs = new Logs(this.#replica, this.#rest, () => this.#inbox.syncSoon(this.#link.signal));
        this.#inbox = new Inbox(this.#replica, this.#rest, (id) => this.#logs.heardSeq(id));
        this.#replica.uncounted = () => this.#inbox.syncAllSoon(this.#link.signal);
        this.#outbox = new Outbox(this.#replica, (id, body) => this.#link.request(`/app/conversations/${id}/messages`, body), random);
    }
    /** @return ends it */
    on(name, listener) {
        return name === 'state'
            ? this.#states.on('state', listener)
            : this.#replica.news.on(name, listener);
    }
    get state() {
        return this.#link.state;
    }
    /** The reader's id; empty until it is known. */
    get userId() {
        return this.#replica.userId;
    }
    /** As they are now; each is another object after each change. */
    get conversations() {
        return this.#replica.conversations;
    }
    /** The own messages on their way, the oldest first. */
    get outbox() {
        return [...this.#replica.outgoing.values()];
    }
    // ---- Beginning and end ----------------------------------------------------------------------------
    /** Reads the store: conversations and outbox are there then, also without a connection. */
    load() {
        return this.#replica.load();
    }
    /** Connects, and again whenever the connection is lost. */
    start() {
        this.#link.start();
    }
    /** Nothing is lost: start() goes on from here. */
    async stop() {
        this.#link.stop();
        await this.#replica.settled();
    }
    /** For logging out: nothing is left of what was here. */
    async forget() {
        await this.stop();
        await this.#replica.clear();
    }
    /** Ends a wait for the next try: the network is back, somebody looks. */
    wake() {
        this.#link.wake();
    }
    /** The source has another token now, with other scopes perhaps: the connection gets it. */
    renew() {
        return this.#link.renew();
    }
    // ---- Reading --------------------------------------------------------------------------------------
    /**
     * From now on the conversation's log is here: a `reset` tells what is here of it, then `log` what comes.
     *
     * @throws Problem, or what fetch throws, if nothing is here and it can not be fetched
     */
    async open(conversationId) {
        await this.load();
        await this.#logs.open(conversationId, this.#link.signal);
    }
    /** Drops a conversation's log; its place in the inbox stays. */
    close(conversationId) {
        return this.#logs.close(conversationId);
    }
    /** Has `older` tell what was before a seq, from the store or from the server. Answers whether there may be more. */
    older(conversationId, before, limit = 50) {
        return this.#logs.older(conversationId, before, limit);
    }
    /** All of a conversation that is here has been read. */
    async markRead(conversationId) {
        await this.#replica.turn(async () => {
            const seq = this.state.name === 'online' ? await this.#inbox.markRead(conversationId) : null;
            if (seq !== null)
                this.publish(`/app/conversations/${conversationId}/read`, { seq });
        });
    }
    /** Takes a conversation that a call has answered with, before an event tells of it. */
    adopt(item) {
        return this.#replica.turn(() => this.#inbox.show([item]));
    }
    /** Has the inbox synchronized; otherwise that happens when events tell of a change. */
    refresh() {
        return this.#inbox.sync(this.#link.signal);
    }
    // ---- Sending --------------------------------------------------------------------------------------
    /** A new message; it is sent as soon as that can be. `outbox` tells what becomes of it. */
    send(conversationId, text, more = {}) {
        const outgoing = {
            ...more, clientMessageId: newId(), conversationId, text, at: new Date().toISOString(), state: 'waiting',
        };
        this.#outbox.add(outgoing);
        return outgoing;
    }
    /** A message that was refused, once more. */
    retry(clientMessageId) {
        return this.#outbox.retry(clientMessageId);
    }
    /** A message that was refused, or still waits, not at all. One that was sent may have arrived. */
    discard(clientMessageId) {
        return this.#outbox.discard(clientMessageId);
    }
    /** To be called while the user types; once a second at most. */
    typing(conversationId) {
        this.publish(`/app/conversations/${conversationId}/typing`, {});
    }
    /** Sends what need not arrive; nothing happens without a connection. A refusal comes as a `problem`. */
    publish(destination, body) {
        if (this.#subscribed)
            this.#link.publish(destination, body);
    }
    /**
     * A call of the REST API.
     *
     * @param path behind /api/v1
     * @throws Problem what the server refused
     */
    call(method, path, body, options) {
        return this.#rest.call(method, path, body, options);
    }
    // ---- "on connect" ---------------------------------------------------------------------------------
    async #resume(connection, userId, signal) {
        this.#subscribed = false;
        this.#logs.connected();
        await this.load();
        await this.#replica.belongTo(userId);
        // What the server does not count any more is not taken off once more.
        await this.#replica.expire();
        await connection.subscribe('/user/queue/problems', (body) => {
            const problem = problemOf(body);
            if (!connection.refused(problem))
                this.#replica.news.emit('problem', problem);
        });
        await connection.subscribe('/user/queue/events', (body) => this.#received(JSON.parse(body), signal));
        // From now on every event comes.
        this.#subscribed = true;
        this.#link.isGood();
        // The source may have got another token while the connection was opened.
        await this.#link.renew().catch(() => { });
        await this.#inbox.sync(signal);
        await this.#logs.catchUpAll(signal);
        if (!signal.aborted)
            this.#outbox.begin(signal);
    }
    // ---- "on event" -----------------------------------------------------------------------------------
    #received(event, signal) {
        void this.#replica.turn(() => (isOfLog(event) ? this.#ofLog(event, signal) : this.#passing(event, signal)));
    }
    async #ofLog(event, signal) {
        if (this.#replica.conversations.has(event.conversationId))
            await this.#logs.take(event, signal);
        else
            this.#inbox.syncSoon(signal);
    }
    async #passing(event, signal) {
        const conversation = 'conversationId' in event ? this.#replica.conversations.get(event.conversationId) : undefined;
        switch (event.type) {
            case 'ACK':
                await this.#outbox.acknowledged(event);
                break;
            case 'HEADS':
                // Before the receipt the inbox tells the same.
                if (this.#subscribed && this.#logs.compare(event.heads, signal))
                    this.#inbox.syncSoon(signal);
                break;
            case 'JOINED':
                this.#inbox.syncSoon(signal);
                break;
            case 'LEFT':
                await this.#inbox.leave([event.conversationId]);
                break;
            case 'READ':
                if (conversation && event.userId === this.userId)
                    await this.#inbox.read(conversation, event, signal);
                break;
            case 'SETTINGS':
                if (conversation)
                    await this.#inbox.put(conversation, afterSettings(conversation.item, event));
                break;
            case 'HIDDEN':
                if (!conversation)
                    break;
                this.#logs.remember(event);
                await this.#replica.write({
                    hidden: event, conversations: [{ ...conversation, item: withLast(conversation.item, event, this.userId) }],
                });
                if (conversation.item.unread)
                    this.#inbox.syncSoon(signal);
                break;
            default: // For the app alone.
        }
        this.#replica.news.emit('passing', event);
    }
}
// crypto.randomUUID is there on https and localhost only.
function newId() {
    if (crypto.randomUUID)
        return crypto.randomUUID();
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
