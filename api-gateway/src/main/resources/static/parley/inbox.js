import { afterRead, merged } from './items.js';
import { synchronize } from './sync.js';
const REMEMBERED_MARKS = 20;
/** The list of conversations, kept up with the server's. */
export class Inbox {
    replica;
    rest;
    heardSeq;
    #syncing = null;
    #everything = false;
    // Where this client has put the own markers and has not heard of it, the latest last.
    #said = new Map();
    /** @param heardSeq the last event of a conversation that the present connection brought, 0 if none */
    constructor(replica, rest, heardSeq) {
        this.replica = replica;
        this.rest = rest;
        this.heardSeq = heardSeq;
    }
    /** However many ask for it at once, one runs for a connection, and one more behind it. */
    async sync(signal) {
        if (this.#syncing?.signal === signal) {
            this.#syncing.again = true;
            return this.#syncing.done;
        }
        const syncing = { signal, again: true, done: Promise.resolve() };
        this.#syncing = syncing;
        syncing.done = this.#syncAll(syncing).finally(() => {
            if (this.#syncing === syncing)
                this.#syncing = null;
        });
        return syncing.done;
    }
    /** The same of all conversations, also those in which nothing happened, when nobody waits for it. */
    syncAllSoon(signal) {
        this.#everything = true;
        this.syncSoon(signal);
    }
    /** The same, when nobody waits for it. */
    syncSoon(signal) {
        this.sync(signal).catch((error) => {
            if (!signal.aborted)
                this.replica.news.emit('problem', error);
        });
    }
    async #syncAll(syncing) {
        while (syncing.again) {
            syncing.again = false;
            await this.#syncOnce(syncing.signal);
        }
    }
    async #syncOnce(signal) {
        const everything = this.#everything;
        this.#everything = false;
        try {
            await this.#syncSince(everything ? undefined : this.replica.since, signal);
        }
        catch (error) {
            this.#everything ||= everything;
            throw error;
        }
    }
    async #syncSince(since, signal) {
        const before = [...this.replica.conversations.keys()];
        const seen = new Set();
        for await (const page of synchronize(this.rest, since, signal)) {
            await this.replica.turn(async () => {
                if (signal.aborted)
                    return;
                page.items.forEach((item) => seen.add(item.id));
                await this.show(page.items);
                await this.leave(page.left);
                if (page.since === undefined)
                    return;
                if (page.full)
                    await this.leave(before.filter((id) => !seen.has(id)));
                await this.replica.write({ since: page.since });
            });
        }
    }
    /** In a turn. */
    async show(items) {
        if (items.length)
            await this.replica.write({ conversations: items.map((item) => this.#merged(item)) });
    }
    #merged(item) {
        const present = this.replica.conversations.get(item.id);
        if (!present)
            return { id: item.id, item, log: null };
        return { ...present, item: merged(present.item, item, this.heardSeq(item.id)) };
    }
    /** In a turn. Answers what is to be said to the server; null: nothing. */
    async markRead(conversationId) {
        const conversation = this.replica.conversations.get(conversationId);
        if (!conversation)
            return null;
        const { item, log } = conversation;
        const seq = Math.max(item.readSeq, log?.known ?? item.headSeq);
        if (seq === item.readSeq && !item.unread && !item.settings?.markedUnread)
            return null;
        this.#said.set(conversationId, [...(this.#said.get(conversationId) ?? []), seq].slice(-REMEMBERED_MARKS));
        await this.put(conversation, afterRead(item, { seq, unread: 0, mentions: 0 }));
        return seq;
    }
    /** "READ" of oneself, in a turn. */
    async read(conversation, event, signal) {
        const { item } = conversation;
        const said = this.#said.get(conversation.id) ?? [];
        const echoed = said.indexOf(event.seq);
        said.splice(0, echoed + 1);
        const isOlder = event.headSeq !== undefined && event.headSeq < item.headSeq;
        // What this client said itself, before something newer came.
        if (echoed >= 0 && isOlder && !event.unread)
            return;
        await this.put(conversation, afterRead(item, event));
        // How many of those behind the marker mention one, and what came since they were counted, only the server knows.
        if (isOlder || (event.mentions === undefined && event.unread && item.mentions))
            this.syncSoon(signal);
    }
    /** In a turn. */
    async put(conversation, item) {
        if (item !== conversation.item)
            await this.replica.write({ conversations: [{ ...conversation, item }] });
    }
    /** In a turn. */
    async leave(ids) {
        const left = ids.filter((id) => this.replica.conversations.has(id));
        if (left.length)
            await this.replica.write({ left });
    }
}
