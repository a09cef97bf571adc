import { merged } from './items.js';
import type { Replica } from './replica.js';
import type { Rest } from './rest.js';
import type { Conversation } from './store.js';
import { synchronize } from './sync.js';
import type { InboxItem } from './types.js';

interface Syncing {
  signal: AbortSignal;
  again: boolean;
  done: Promise<void>;
}

/** The list of conversations, kept up with the server's. */
export class Inbox {
  #syncing: Syncing | null = null;

  /** @param heardSeq the last event of a conversation that the present connection brought, 0 if none */
  constructor(
    private readonly replica: Replica,
    private readonly rest: Rest,
    private readonly heardSeq: (conversationId: string) => number) {}

  /** However many ask for it at once, one runs for a connection, and one more behind it. */
  async sync(signal: AbortSignal): Promise<void> {
    if (this.#syncing?.signal === signal) {
      this.#syncing.again = true;
      return this.#syncing.done;
    }
    const syncing: Syncing = { signal, again: true, done: Promise.resolve() };
    this.#syncing = syncing;
    syncing.done = this.#syncAll(syncing).finally(() => {
      if (this.#syncing === syncing) this.#syncing = null;
    });
    return syncing.done;
  }

  /** The same, when nobody waits for it. */
  syncSoon(signal: AbortSignal): void {
    this.sync(signal).catch((error: unknown) => {
      if (!signal.aborted) this.replica.news.emit('problem', error);
    });
  }

  async #syncAll(syncing: Syncing): Promise<void> {
    while (syncing.again) {
      syncing.again = false;
      await this.#syncOnce(syncing.signal);
    }
  }

  async #syncOnce(signal: AbortSignal): Promise<void> {
    const before = [...this.replica.conversations.keys()];
    const seen = new Set<string>();
    for await (const page of synchronize(this.rest, this.replica.since, signal)) {
      await this.replica.turn(async () => {
        if (signal.aborted) return;
        page.items.forEach((item) => seen.add(item.id));
        await this.show(page.items);
        await this.leave(page.left);
        if (page.since === undefined) return;
        if (page.full) await this.leave(before.filter((id) => !seen.has(id)));
        await this.replica.write({ since: page.since });
      });
    }
  }

  /** In a turn. */
  async show(items: InboxItem[]): Promise<void> {
    if (items.length) await this.replica.write({ conversations: items.map((item) => this.#merged(item)) });
  }

  #merged(item: InboxItem): Conversation {
    const present = this.replica.conversations.get(item.id);
    if (!present) return { id: item.id, item, log: null };
    return { ...present, item: merged(present.item, item, this.heardSeq(item.id)) };
  }

  /** In a turn. */
  async put(conversation: Conversation, item: InboxItem): Promise<void> {
    if (item !== conversation.item) await this.replica.write({ conversations: [{ ...conversation, item }] });
  }

  /** In a turn. */
  async leave(ids: string[]): Promise<void> {
    const left = ids.filter((id) => this.replica.conversations.has(id));
    if (left.length) await this.replica.write({ left });
  }
}
