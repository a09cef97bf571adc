import { afterExpiry } from './items.js';
import { disappeared } from './messages.js';
import type { Replica } from './replica.js';
import type { Change } from './store.js';
import type { MessageEvent } from './types.js';

// A timer takes no more than 2^31 - 1.
const LONGEST_SLEEP_MS = 24 * 3_600_000;

/**
 * Messages that disappear: when the time of one comes by this machine's clock, what it says goes from the store, then
 * from memory, then from the app. No event tells of it.
 */
export class Expiry {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wakesAt = Infinity;

  constructor(private readonly replica: Replica) {}

  /** Of what was just written. */
  note(change: Change): void {
    this.#wakeAt(soonest(change));
  }

  #wakeAt(at: number): void {
    if (at >= this.#wakesAt) return;
    clearTimeout(this.#timer);
    this.#wakesAt = at;
    const sleep = Math.min(Math.max(0, at - Date.now()), LONGEST_SLEEP_MS);
    this.#timer = setTimeout(() => {
      this.#wakesAt = Infinity;
      // What fails is told as a problem, and tried again with the next message.
      this.run().catch(() => {});
    }, sleep);
    // Nothing that a process of Node would have to stay for.
    (this.#timer as { unref?: () => void }).unref?.();
  }

  run(): Promise<void> {
    return this.replica.turn(async () => {
      const now = Date.now();
      const { messages, next } = await this.replica.store.expire(now);
      const gone = new Map<string, MessageEvent[]>();
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

  async #changeItems(gone: Map<string, MessageEvent[]>, now: number): Promise<void> {
    const { conversations, userId } = this.replica;
    const changed = [...conversations.values()]
      .map((each) => ({ ...each, item: afterExpiry(each.item, gone.get(each.id) ?? [], now, userId) }))
      .filter((each) => each.item !== conversations.get(each.id)!.item);
    if (changed.length) await this.replica.write({ conversations: changed });
    if (changed.some(({ log, item }) => !log && item.unread)) this.replica.uncounted();
  }
}

function soonest({ events = [], older = [], conversations = [] }: Change): number {
  const messages = [...events, ...older, ...conversations.map(({ item }) => item.lastMessage)] as (Partial<MessageEvent> | null)[];
  return messages.reduce(
    (at, each) => (each?.expiresAt === undefined || each.expired ? at : Math.min(at, Date.parse(each.expiresAt))), Infinity);
}
