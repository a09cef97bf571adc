import { changedBy, disappeared, kept, targetsOf } from './messages.js';
/**
 * What a change does to one conversation's events, whatever keeps them: reads those that it needs and answers those
 * that are to be put.
 */
export async function rewrite(change, me, read) {
    const written = new Map();
    const put = (event) => written.set(`${event.conversationId}/${event.seq}`, event);
    const present = async (conversationId, seq) => written.get(`${conversationId}/${seq}`) ?? (await read(conversationId, seq));
    for (const message of change.older ?? []) {
        if (!(await present(message.conversationId, message.seq)))
            put(kept(message));
    }
    for (const event of [...(change.events ?? []), ...(change.hidden ? [change.hidden] : [])]) {
        if ('prev' in event)
            put(kept(event));
        for (const target of targetsOf(event)) {
            const message = await present(event.conversationId, target);
            if (message?.type === 'MESSAGE')
                put(changedBy(message, event, me));
        }
    }
    return [...written.values()];
}
/** Keeps everything in memory; it is gone with the page or the process. */
export class MemoryStore {
    #userId;
    #since;
    #conversations = new Map();
    #logs = new Map();
    #outbox = new Map();
    async load() {
        return {
            ...(this.#userId !== undefined && { userId: this.#userId }),
            ...(this.#since !== undefined && { since: this.#since }),
            conversations: [...this.#conversations.values()],
            outbox: [...this.#outbox.values()],
        };
    }
    async write(change) {
        this.#userId = change.userId ?? this.#userId;
        const gone = [...(change.emptied ?? []), ...(change.left ?? [])];
        const read = (id, seq) => gone.includes(id) ? undefined : this.#logs.get(id)?.get(seq);
        const events = await rewrite(change, this.#userId ?? '', read);
        this.#since = change.since ?? this.#since;
        gone.forEach((id) => this.#logs.delete(id));
        change.left?.forEach((id) => this.#conversations.delete(id));
        change.conversations?.forEach((each) => this.#conversations.set(each.id, each));
        for (const event of events) {
            const log = this.#logs.get(event.conversationId) ?? new Map();
            this.#logs.set(event.conversationId, log.set(event.seq, event));
        }
        change.outgoing?.forEach((each) => this.#outbox.set(each.clientMessageId, each));
        change.arrived?.forEach((id) => this.#outbox.delete(id));
    }
    async events(conversationId, limit, before = Infinity) {
        return [...(this.#logs.get(conversationId)?.values() ?? [])]
            .filter((event) => event.seq < before)
            .sort((a, b) => a.seq - b.seq)
            .slice(-limit);
    }
    async expire(now) {
        const messages = [];
        let next = Infinity;
        for (const log of this.#logs.values()) {
            for (const message of log.values()) {
                if (message.type !== 'MESSAGE' || message.expiresAt === undefined)
                    continue;
                const left = disappeared(message, now);
                if (left === message) {
                    next = Math.min(next, Date.parse(message.expiresAt));
                }
                else {
                    messages.push(message);
                    log.set(message.seq, left);
                }
            }
        }
        return { messages, next };
    }
    async clear() {
        this.#userId = undefined;
        this.#since = undefined;
        [this.#conversations, this.#logs, this.#outbox].forEach((each) => each.clear());
    }
}
