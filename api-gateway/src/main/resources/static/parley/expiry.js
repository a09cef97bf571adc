import { afterExpiry } from './items.js';
import { disappeared } from './messages.js';
// A timer takes no more than 2^31 - 1.
const LONGEST_SLEEP_MS = 24 * 3_600_000;
/**
 * Messages that disappear: when the time of one comes by this machine's clock, what it says goes from the store, then
 * from memory, then from the app. No event tells of it.
 */
export class Expiry {
    replica;
    #timer;
    #wakesAt = Infinity;
    constructor(replica) {
        this.replica = replica;
    }
    /** Of what was just written. */
    note(change) {
        this.#wakeAt(soonest(change));
    }
    #wakeAt(at) {
        if (at >= this.#wakesAt)
            return;
        clearTimeout(this.#timer);
        this.#wakesAt = at;
        const sleep = Math.min(Math.max(0, at - Date.now()), LONGEST_SLEEP_MS);
        this.#timer = setTimeout(() => {
            this.#wakesAt = Infinity;
            // What fails is told as a problem, and tried again with the next message.
            this.run().catch(() => { });
        }, sleep);
        // Nothing that a process of Node would have to stay for.
        this.#timer.unref?.();
    }
    run() {
        return this.replica.turn(async () => {
            const now = Date.now();
            const { messages, next } = await this.replica.store.expire(now);
            const gone = new Map();
            for (const message of messages) {
                gone.set(message.conversationId, [...(gone.get(message.conversationId) ?? []), message]);
            }
            await this.#changeItems(gone, now);
            for (const [conversationId, all] of gone) {
                this.replica.news.emit('expired', {
                    conversationId, events: all.map((message) => disappeared(message, now)).sort((a, b) => a.seq - b.seq),
                });
            }
            this.#wakeAt(Math.min(next, soonest({ conversations: [...this.replica.conversations.values()] })));
        });
    }
    async #changeItems(gone, now) {
        const { conversations, userId } = this.replica;
        const changed = [...conversations.values()]
            .map((each) => ({ ...each, item: afterExpiry(each.item, gone.get(each.id) ?? [], now, userId) }))
            .filter((each) => each.item !== conversations.get(each.id).item);
        if (changed.length)
            await this.replica.write({ conversations: changed });
        if (changed.some(({ log, item }) => !log && item.unread))
            this.replica.uncounted();
    }
}
function soonest({ events = [], older = [], conversations = [] }) {
    const messages = [...events, ...older, ...conversations.map(({ item }) => item.lastMessage)];
    return messages.reduce((at, each) => (each?.expiresAt === undefined || each.expired ? at : Math.min(at, Date.parse(each.expiresAt))), Infinity);
}
