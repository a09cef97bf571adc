import { changedBy, disappeared, kept, targetsOf } from './messages.js';
import type { HiddenEvent, InboxItem, LogEvent, MessageEvent } from './types.js';

/** What can be said of a message besides its text. */
export interface SendOptions {
  replyTo?: number;
  alsoToConversation?: boolean;
  /** The message that is passed on. */
  forward?: { conversationId: string; seq: number };
}

/** A message of one's own on its way. */
export interface Outgoing extends SendOptions {
  clientMessageId: string;
  conversationId: string;
  text: string;
  /** When it was written, by this machine's clock. */
  at: string;
  /** waiting: for a connection, or for its answer; stored: by the server, but the log has not shown it yet. */
  state: 'waiting' | 'stored' | 'refused';
  /** The last seq that was known when it was sent for the first time; not there: it never was. */
  triedAfterSeq?: number;
  /** Once it is stored. */
  seq?: number;
  /** Why it was refused. */
  problem?: string;
}

/** How much of a conversation's log is here. */
export interface LogState {
  /** The last seq up to which everything was applied. */
  known: number;
  /** The event at `known`, to find out whether the server's log was restored from a backup; null: not known. */
  last: { seq: number; id?: string; at: string } | null;
  /** To be asked for the messages `before` it; null: there are none. */
  older: number | null;
}

export interface Conversation {
  id: string;
  item: InboxItem;
  /** null: it was never opened, and only its inbox item is kept. */
  log: LogState | null;
}

export interface Saved {
  /** Whose store this is. */
  userId?: string;
  /** Up to where the inbox was synchronized. */
  since?: string;
  conversations: Conversation[];
  /** The oldest first. */
  outbox: Outgoing[];
}

/** What is written at once. Members that are left out change nothing. In this order: */
export interface Change {
  userId?: string;
  since?: string;
  /** Conversations whose events are dropped. */
  emptied?: string[];
  /** Conversations that are dropped, with their events. */
  left?: string[];
  conversations?: Conversation[];
  /** In the order of the log. Each is put at its seq, and changes the messages that it is about. */
  events?: LogEvent[];
  /** Messages from before what is here; one that is here already stays as it is. */
  older?: MessageEvent[];
  hidden?: HiddenEvent;
  outgoing?: Outgoing[];
  /** clientMessageIds: not on their way any more. */
  arrived?: string[];
}

/** What an expiry has found. */
export interface Expired {
  /** As they were. */
  messages: MessageEvent[];
  /** When the next one disappears, in milliseconds; Infinity: none is to. */
  next: number;
}

/** Where a client keeps what it knows. One client at a time has a store. */
export interface Store {
  load(): Promise<Saved>;
  /** All of it or nothing. */
  write(change: Change): Promise<void>;
  /** The newest `limit` of a conversation, or of those before a seq, in the order of the log. */
  events(conversationId: string, limit: number, before?: number): Promise<LogEvent[]>;
  /** Keeps of the messages that have disappeared by now, in milliseconds, what `disappeared()` leaves of them. */
  expire(now: number): Promise<Expired>;
  /** Nothing is left: for logging out. */
  clear(): Promise<void>;
}

/**
 * What a change does to one conversation's events, whatever keeps them: reads those that it needs and answers those
 * that are to be put.
 */
export async function rewrite(
  change: Pick<Change, 'events' | 'older' | 'hidden'>,
  me: string,
  read: (conversationId: string, seq: number) => Promise<LogEvent | undefined> | LogEvent | undefined,
): Promise<LogEvent[]> {
  const written = new Map<string, LogEvent>();
  const put = (event: LogEvent) => written.set(`${event.conversationId}/${event.seq}`, event);
  const present = async (conversationId: string, seq: number) =>
    written.get(`${conversationId}/${seq}`) ?? (await read(conversationId, seq));

  for (const message of change.older ?? []) {
    if (!(await present(message.conversationId, message.seq))) put(kept(message));
  }
  for (const event of [...(change.events ?? []), ...(change.hidden ? [change.hidden] : [])]) {
    if ('prev' in event) put(kept(event));
    for (const target of targetsOf(event)) {
      const message = await present(event.conversationId, target);
      if (message?.type === 'MESSAGE') put(changedBy(message, event, me));
    }
  }
  return [...written.values()];
}

/** Keeps everything in memory; it is gone with the page or the process. */
export class MemoryStore implements Store {
  #userId: string | undefined;
  #since: string | undefined;
  readonly #conversations = new Map<string, Conversation>();
  readonly #logs = new Map<string, Map<number, LogEvent>>();
  readonly #outbox = new Map<string, Outgoing>();

  async load(): Promise<Saved> {
    return {
      ...(this.#userId !== undefined && { userId: this.#userId }),
      ...(this.#since !== undefined && { since: this.#since }),
      conversations: [...this.#conversations.values()],
      outbox: [...this.#outbox.values()],
    };
  }

  async write(change: Change): Promise<void> {
    this.#userId = change.userId ?? this.#userId;
    const gone = [...(change.emptied ?? []), ...(change.left ?? [])];
    const read = (id: string, seq: number) => gone.includes(id) ? undefined : this.#logs.get(id)?.get(seq);
    const events = await rewrite(change, this.#userId ?? '', read);
    this.#since = change.since ?? this.#since;
    gone.forEach((id) => this.#logs.delete(id));
    change.left?.forEach((id) => this.#conversations.delete(id));
    change.conversations?.forEach((each) => this.#conversations.set(each.id, each));
    for (const event of events) {
      const log = this.#logs.get(event.conversationId) ?? new Map<number, LogEvent>();
      this.#logs.set(event.conversationId, log.set(event.seq, event));
    }
    change.outgoing?.forEach((each) => this.#outbox.set(each.clientMessageId, each));
    change.arrived?.forEach((id) => this.#outbox.delete(id));
  }

  async events(conversationId: string, limit: number, before = Infinity): Promise<LogEvent[]> {
    return [...(this.#logs.get(conversationId)?.values() ?? [])]
      .filter((event) => event.seq < before)
      .sort((a, b) => a.seq - b.seq)
      .slice(-limit);
  }

  async expire(now: number): Promise<Expired> {
    const messages: MessageEvent[] = [];
    let next = Infinity;
    for (const log of this.#logs.values()) {
      for (const message of log.values()) {
        if (message.type !== 'MESSAGE' || message.expiresAt === undefined) continue;
        const left = disappeared(message, now);
        if (left === message) {
          next = Math.min(next, Date.parse(message.expiresAt));
        } else {
          messages.push(message);
          log.set(message.seq, left);
        }
      }
    }
    return { messages, next };
  }

  async clear(): Promise<void> {
    this.#userId = undefined;
    this.#since = undefined;
    [this.#conversations, this.#logs, this.#outbox].forEach((each) => each.clear());
  }
}
