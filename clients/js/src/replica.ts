import { Emitter } from './emitter.js';
import { Expiry } from './expiry.js';
import type { Change, Conversation, Outgoing, Store } from './store.js';
import type { LogEvent, PassingEvent } from './types.js';

export interface LogNews {
  conversationId: string;
  /** In the order of the log. */
  events: LogEvent[];
}

/** What an app hears of. */
export interface News {
  /** Conversations whose inbox item has changed, or which are new. */
  inbox: string[];
  /** One is no member any more; nothing of the conversation is here. */
  left: string;
  /** What an opened conversation is from now on: drop what you show of it. */
  reset: LogNews;
  /**
   * What comes next in the log of an opened conversation: each event once, in order, without a gap. With a store that is
   * kept also of those that were opened in an earlier run.
   */
  log: LogNews;
  /** What was before, after older(). */
  older: LogNews;
  /** Messages of an opened conversation that have disappeared, as they are now: nothing is left of what they said. */
  expired: LogNews;
  /** What is not kept: typing, presence, others' read markers; also that the own messages are stored. */
  passing: PassingEvent;
  /** What has become of a message of one's own; gone: the log shows it now, or it was discarded. */
  outbox: { outgoing: Outgoing; gone: boolean };
  /** What was refused while nobody waited for it, or what went wrong here. */
  problem: unknown;
}

/** What this client knows, in memory and in its store. */
export class Replica {
  readonly news = new Emitter<News>();
  readonly conversations = new Map<string, Conversation>();
  /** clientMessageId → a message of one's own that the log has not shown yet, the oldest first. */
  readonly outgoing = new Map<string, Outgoing>();
  /** The reader's; empty until it is known. */
  userId = '';
  /** Up to where the inbox was synchronized. */
  since: string | undefined;
  /** How much is unread of a conversation without a log only the server knows. */
  uncounted = () => {};
  readonly #expiry = new Expiry(this);

  #turns: Promise<unknown> = Promise.resolve();
  #loaded: Promise<void> | null = null;

  constructor(readonly store: Store) {}

  load(): Promise<void> {
    this.#loaded ??= this.#load().catch((error: unknown) => {
      this.#loaded = null;
      throw error;
    });
    return this.#loaded;
  }

  async #load(): Promise<void> {
    const saved = await this.store.load();
    this.userId = saved.userId ?? '';
    this.since = saved.since;
    saved.conversations.forEach((each) => this.conversations.set(each.id, each));
    saved.outbox.forEach((each) => this.outgoing.set(each.clientMessageId, each));
    await this.expire();
    if (saved.conversations.length) this.news.emit('inbox', [...this.conversations.keys()]);
  }

  /**
   * All that changes what is known runs one after the other, so that it sees what it builds on. It may not wait for the
   * server: fetch before. What fails is told as a problem, too.
   */
  turn<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#turns.then(task);
    this.#turns = turn.catch((error: unknown) => this.news.emit('problem', error));
    return turn;
  }

  /** When nothing is being changed any more. */
  async settled(): Promise<void> {
    await this.#turns;
  }

  /**
   * In a turn: first into the store, then into memory, then to the app.
   *
   * @param news what `log` tells of it
   */
  async write(change: Change, news?: LogNews): Promise<void> {
    await this.store.write(change);
    this.userId = change.userId ?? this.userId;
    this.since = change.since ?? this.since;
    change.left?.forEach((id) => this.conversations.delete(id));
    change.conversations?.forEach((each) => this.conversations.set(each.id, each));
    if (news?.events.length) this.news.emit('log', news);
    change.outgoing?.forEach((each) => this.put(each));
    change.arrived?.forEach((id) => this.#remove(id));
    if (change.conversations?.length) this.news.emit('inbox', change.conversations.map((each) => each.id));
    change.left?.forEach((id) => this.news.emit('left', id));
    this.#expiry.note(change);
  }

  /** What has disappeared by now goes; also when a timer that should have done so was asleep. */
  expire(): Promise<void> {
    return this.#expiry.run();
  }

  /** In memory, for what can not wait for the store. */
  put(outgoing: Outgoing): void {
    this.outgoing.set(outgoing.clientMessageId, outgoing);
    this.news.emit('outbox', { outgoing, gone: false });
  }

  #remove(clientMessageId: string): void {
    const outgoing = this.outgoing.get(clientMessageId);
    if (!outgoing) return;
    this.outgoing.delete(clientMessageId);
    this.news.emit('outbox', { outgoing, gone: true });
  }

  /** The own messages on their way that these events show: as good as an ACK. */
  arrived(events: LogEvent[]): string[] {
    return events.flatMap((event) => (event.type === 'MESSAGE' && event.authorId === this.userId
      && event.clientMessageId && this.outgoing.has(event.clientMessageId) ? [event.clientMessageId] : []));
  }

  /** What another user has left here is not this one's. */
  async belongTo(userId: string): Promise<void> {
    if (userId === this.userId) return;
    await this.turn(async () => {
      if (this.userId) await this.#clear();
      await this.write({ userId });
    });
  }

  clear(): Promise<void> {
    return this.turn(() => this.#clear());
  }

  async #clear(): Promise<void> {
    await this.store.clear();
    const left = [...this.conversations.keys()];
    this.conversations.clear();
    this.outgoing.clear();
    this.since = undefined;
    this.userId = '';
    left.forEach((id) => this.news.emit('left', id));
  }
}
