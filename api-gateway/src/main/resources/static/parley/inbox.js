import { merged } from './items.js';
import { synchronize } from './sync.js';
/** The list of conversations, kept up with the server's. */
export class Inbox {
    replica;
    rest;
    heardSeq;
    #syncing = null;
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
        const before = [...this.replica.conversations.keys()];
        const seen = new Set();
        for await (const page of synchronize(this.rest, this.replica.since, signal)) {
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
