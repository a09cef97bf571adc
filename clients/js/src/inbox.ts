import { afterRead, merged } from './items.js';
import type { Replica } from './replica.js';
import type { Rest } from './rest.js';
import type { Conversation } from './store.js';
import { synchronize } from './sync.js';
import type { InboxItem, ReadEvent } from './types.js';

const REMEMBERED_MARKS = 20;

interface Syncing {
  signal: AbortSignal;
  again: boolean;
  done: Promise<void>;
}

/** The list of conversations, kept up with the server's. */
export class Inbox {
  #syncing: Syncing | null = null;
  #everything = false;
  // Where this client has put the own markers and has not heard of it, the latest last.
  readonly #said = new Map<string, number[]>();

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

  /** The same of all conversations, also those in which nothing happened, when nobody waits for it. */
  syncAllSoon(signal: AbortSignal): void {
    this.#everything = true;
    this.syncSoon(signal);
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
    const everything = this.#everything;
    this.#everything = false;
    try {
      await this.#syncSince(everything ? undefined : this.replica.since, signal);
    } catch (error) {
      this.#everything ||= everything;
      throw error;
    }
  }

  async #syncSince(since: string | undefined, signal: AbortSignal): Promise<void> {
    const before = [...this.replica.conversations.keys()];
    const seen = new Set<string>();
    for await (const page of synchronize(this.rest, since, signal)) {
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

  /** In a turn. Answers what is to be said to the server; null: nothing. */
  async markRead(conversationId: string): Promise<number | null> {
    const conversation = this.replica.conversations.get(conversationId);
    if (!conversation) return null;
    const { item, log } = conversation;
    const seq = Math.max(item.readSeq, log?.known ?? item.headSeq);
    if (seq === item.readSeq && !item.unread && !item.settings?.markedUnread) return null;
    this.#said.set(conversationId, [...(this.#said.get(conversationId) ?? []), seq].slice(-REMEMBERED_MARKS));
    await this.put(conversation, afterRead(item, { seq, unread: 0, mentions: 0 }));
    return seq;
  }

  /** "READ" of oneself, in a turn. */
  async read(conversation: Conversation, event: ReadEvent, signal: AbortSignal): Promise<void> {
    const { item } = conversation;
    const said = this.#said.get(conversation.id) ?? [];
    const echoed = said.indexOf(event.seq);
    said.splice(0, echoed + 1);
    const isOlder = event.headSeq !== undefined && event.headSeq < item.headSeq;
    // What this client said itself, before something newer came.
    if (echoed >= 0 && isOlder && !event.unread) return;
    await this.put(conversation, afterRead(item, event));
    // How many of those behind the marker mention one, and what came since they were counted, only the server knows.
    if (isOlder || (event.mentions === undefined && event.unread && item.mentions)) this.syncSoon(signal);
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
