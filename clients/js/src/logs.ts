import { itemAfter } from './items.js';
import { changedBy, targetsOf } from './messages.js';
import { Problem } from './problems.js';
import type { Replica } from './replica.js';
import type { Rest } from './rest.js';
import type { Conversation, LogState } from './store.js';
import type { HiddenEvent, LogEvent, MessageEvent } from './types.js';

const PAGE = 500;
const SHOWN_FIRST = 100;
const NEWEST = 50;
const REMEMBERED_CHANGES = 500;
const CATCHING_UP_AT_ONCE = 6;

interface CatchingUp {
  signal: AbortSignal;
  again: boolean;
  done: Promise<void>;
}

// Of one conversation, in this run of the client.
class Course {
  catching: CatchingUp | null = null;
  // Whether this connection has compared the event at `known` with the server's.
  compared = false;
  // The last event that this connection brought.
  heardSeq = 0;
  // The newest events about messages: a message that was being fetched when they came may not show them.
  readonly changes: (LogEvent | HiddenEvent)[] = [];
  going: Promise<boolean> | null = null;

  restart(): void {
    this.heardSeq = 0;
    this.changes.length = 0;
  }
}

interface EventPage {
  items: LogEvent[];
  next: number;
  more: boolean;
  /** So much was missed that these are the newest messages, oldest first, up to `next`. */
  reset?: { items: MessageEvent[]; before: number | null };
}

/** What a log begins with. */
interface Beginning {
  /** Oldest first. */
  messages: MessageEvent[];
  known: number;
  older: number | null;
}

/** Newest first. */
interface MessagePage {
  items: MessageEvent[];
  next: number | null;
}

/** The logs of the conversations, each whole up to what is known of it. */
export class Logs {
  readonly #courses = new Map<string, Course>();

  /** @param changed the inbox has to be synchronized */
  constructor(
    private readonly replica: Replica,
    private readonly rest: Rest,
    private readonly changed: () => void) {}

  /** There is another connection. */
  connected(): void {
    for (const course of this.#courses.values()) Object.assign(course, { compared: false, heardSeq: 0 });
  }

  /** The last event that this connection brought; 0: none. */
  heardSeq(conversationId: string): number {
    return this.#course(conversationId).heardSeq;
  }

  /** For messages that are just being fetched. */
  remember(event: LogEvent | HiddenEvent): void {
    if (!targetsOf(event).length) return;
    const { changes } = this.#course(event.conversationId);
    changes.push(event);
    if (changes.length > REMEMBERED_CHANGES) changes.shift();
  }

  // ---- "on event with a seq" ------------------------------------------------------------------------

  async take(event: LogEvent, signal: AbortSignal): Promise<void> {
    const conversation = this.replica.conversations.get(event.conversationId)!;
    const course = this.#course(conversation.id);
    course.heardSeq = Math.max(course.heardSeq, event.seq);
    if (!conversation.log) await this.#count(conversation, event);
    else if (event.seq <= conversation.log.known) return; // Had it.
    else if (event.seq === conversation.log.known + 1) await this.#apply(conversation, [event], event.seq);
    else this.#catchUpSoon(conversation.id, signal); // It comes again there.
  }

  /** "on HEADS": fetches what is missing. Answers whether the inbox is behind. */
  compare(heads: Record<string, number>, signal: AbortSignal): boolean {
    let isBehind = false;
    for (const [id, seq] of Object.entries(heads)) {
      const conversation = this.replica.conversations.get(id);
      if (conversation?.log) {
        if (seq > conversation.log.known) this.#catchUpSoon(id, signal);
      } else if (!conversation || seq > conversation.item.headSeq) {
        isBehind = true;
      }
    }
    return isBehind;
  }

  // Of a conversation that was not opened only the inbox item is kept.
  async #count(conversation: Conversation, event: LogEvent): Promise<void> {
    const wasUnread = conversation.item.unread > 0;
    this.remember(event);
    const item = itemAfter(conversation.item, event, this.replica.userId);
    await this.replica.write({ conversations: [{ ...conversation, item }], arrived: this.replica.arrived([event]) });
    // Whether what was deleted counted as unread only the server knows.
    if (event.type === 'DELETED' && wasUnread) this.changed();
  }

  async #apply(conversation: Conversation, events: LogEvent[], known: number): Promise<void> {
    const wasUnread = conversation.item.unread > 0;
    events.forEach((event) => this.remember(event));
    const item = events.reduce((before, event) => itemAfter(before, event, this.replica.userId), conversation.item);
    const last = events.at(-1);
    const log: LogState = {
      ...conversation.log!, known, last: last?.seq === known ? placeOf(last) : null,
    };
    await this.replica.write(
      { events, conversations: [{ ...conversation, item, log }], arrived: this.replica.arrived(events) },
      { conversationId: conversation.id, events });
    if (wasUnread && events.some((event) => event.type === 'DELETED')) this.changed();
  }

  // ---- "catchUp" ------------------------------------------------------------------------------------

  /** Of all whose head is another than what is known. A few at a time. */
  async catchUpAll(signal: AbortSignal): Promise<void> {
    const behind = [...this.replica.conversations.values()]
      .filter(({ item, log }) => log && item.headSeq !== log.known)
      .map(({ id }) => id);
    const next = async (): Promise<void> => {
      for (let id = behind.shift(); id !== undefined; id = behind.shift()) await this.catchUp(id, signal);
    };
    await Promise.all(Array.from({ length: CATCHING_UP_AT_ONCE }, next));
  }

  #catchUpSoon(id: string, signal: AbortSignal): void {
    void this.catchUp(id, signal);
  }

  /**
   * Fetches what is behind `known`. One at a time for a conversation and a connection; it ends early with the
   * connection, and the next one catches up.
   */
  catchUp(id: string, signal: AbortSignal): Promise<void> {
    const course = this.#course(id);
    if (course.catching?.signal === signal) {
      course.catching.again = true;
      return course.catching.done;
    }
    const catching: CatchingUp = { signal, again: false, done: Promise.resolve() };
    course.catching = catching;
    catching.done = this.#fetchRest(id, catching)
      .catch((error: unknown) => {
        if (signal.aborted) return;
        if (error instanceof Problem && (error.status === 403 || error.status === 404)) this.changed();
        else this.replica.news.emit('problem', error);
      })
      .finally(() => {
        if (course.catching === catching) course.catching = null;
      });
    return catching.done;
  }

  async #fetchRest(id: string, catching: CatchingUp): Promise<void> {
    const { signal } = catching;
    const course = this.#course(id);
    let more = true;
    while (!signal.aborted && (more || catching.again)) {
      catching.again = false;
      const log = this.replica.conversations.get(id)?.log;
      if (!log) return;
      // Once for a connection with the event that is known already: is it still the same one?
      const compares = !course.compared && log.last !== null;
      const after = compares ? log.known - 1 : log.known;
      const page = await this.rest.patiently<EventPage>(
        `/conversations/${id}/events?after=${after}&limit=${PAGE}`, signal);
      course.compared = true;
      if (page.reset) {
        await this.#reset(id, { messages: page.reset.items, known: page.next, older: page.reset.before });
        more = true;
      } else if (this.#isOther(log, page, compares)) {
        await this.#begin(id, (path) => this.rest.patiently(path, signal), true);
        more = true;
      } else {
        await this.replica.turn(() => this.#takePage(id, after, page));
        more = page.more && page.items.length > 0;
      }
    }
  }

  // Restored from a backup: the log ends before what is known here, or says something else there.
  #isOther(log: LogState, page: EventPage, compares: boolean): boolean {
    if (page.next < log.known) return true;
    const there = page.items[0];
    return compares && there?.seq === log.known
      && (there.at !== log.last!.at || ('id' in there ? there.id : undefined) !== log.last!.id);
  }

  async #takePage(id: string, after: number, page: EventPage): Promise<void> {
    const conversation = this.replica.conversations.get(id);
    // Dropped or begun anew meanwhile.
    if (!conversation?.log || conversation.log.known < after) return;
    const { known } = conversation.log;
    const events = page.items.filter((event) => event.seq > known);
    if (page.next > known) await this.#apply(conversation, events, Math.max(page.next, events.at(-1)?.seq ?? 0));
  }

  // ---- Beginning with the newest messages -----------------------------------------------------------

  async open(id: string, signal: AbortSignal): Promise<void> {
    if (this.replica.conversations.get(id)?.log) await this.replica.turn(() => this.#tellAll(id));
    else await this.#begin(id, (path) => this.rest.call('GET', path), false);
    if (!signal.aborted) await this.catchUp(id, signal);
  }

  async close(id: string): Promise<void> {
    await this.replica.turn(async () => {
      const conversation = this.replica.conversations.get(id);
      if (!conversation) return;
      await this.replica.write({
        emptied: [id], conversations: [{ ...conversation, log: null }], arrived: this.#stored(id),
      });
    });
  }

  // What is no message (members, holes) of before is not there; it is of no use without what was before it.
  async #begin(id: string, fetch: (path: string) => Promise<MessagePage>, anew: boolean): Promise<void> {
    const page = await fetch(`/conversations/${id}/messages?limit=${NEWEST}`);
    const messages = [...page.items].reverse();
    const beginning = { messages, known: messages.at(-1)?.seq ?? 0, older: page.next };
    await this.replica.turn(async () => {
      const conversation = this.replica.conversations.get(id);
      if (anew) this.#course(id).restart();
      if (conversation && anew) await this.#replace(withHead(conversation, beginning.known), beginning);
      else if (conversation && !conversation.log) await this.#replace(conversation, beginning);
      await this.#tellAll(id);
    });
    if (anew) this.changed();
  }

  async #reset(id: string, beginning: Beginning): Promise<void> {
    await this.replica.turn(async () => {
      const conversation = this.replica.conversations.get(id);
      if (!conversation?.log || conversation.log.known >= beginning.known) return;
      const head = Math.max(conversation.item.headSeq, beginning.known);
      await this.#replace(withHead(conversation, head), beginning);
      await this.#tellAll(id);
    });
    // How many of those messages were read, and who was mentioned, only the server knows.
    this.changed();
  }

  async #replace(conversation: Conversation, { messages, known, older }: Beginning): Promise<void> {
    const { id } = conversation;
    const events = this.#asTheyAre(id, messages);
    const newest = events.at(-1);
    await this.replica.write({
      emptied: [id],
      older: events,
      conversations: [{ ...conversation, log: { known, last: newest?.seq === known ? placeOf(newest) : null, older } }],
      arrived: [...this.replica.arrived(events), ...this.#stored(id)],
    });
  }

  // What was acknowledged: no log that is kept may show it any more.
  #stored(id: string): string[] {
    return [...this.replica.outgoing.values()]
      .filter((each) => each.conversationId === id && each.state === 'stored')
      .map((each) => each.clientMessageId);
  }

  async #tellAll(id: string): Promise<void> {
    const events = await this.replica.store.events(id, SHOWN_FIRST);
    this.replica.news.emit('reset', { conversationId: id, events });
  }

  older(id: string, before: number, limit: number): Promise<boolean> {
    const course = this.#course(id);
    course.going ??= this.#older(id, before, limit).finally(() => {
      course.going = null;
    });
    return course.going;
  }

  async #older(id: string, before: number, limit: number): Promise<boolean> {
    const stored = await this.replica.turn(() => this.replica.store.events(id, limit, before));
    const from = this.replica.conversations.get(id)?.log?.older ?? null;
    if (stored.length) {
      this.replica.news.emit('older', { conversationId: id, events: stored });
      return true;
    }
    if (from === null) return false;
    const page = await this.rest.call<MessagePage>(
      'GET', `/conversations/${id}/messages?before=${from}&limit=${limit}`);
    return this.replica.turn(async () => {
      const conversation = this.replica.conversations.get(id);
      // Begun anew meanwhile.
      if (conversation?.log?.older !== from) return Boolean(conversation?.log?.older);
      const events = this.#asTheyAre(id, [...page.items].reverse());
      await this.replica.write({
        older: events, conversations: [{ ...conversation, log: { ...conversation.log, older: page.next } }],
      });
      this.replica.news.emit('older', { conversationId: id, events });
      return page.next !== null;
    });
  }

  // With what came about them while the answer was on its way.
  #asTheyAre(id: string, messages: MessageEvent[]): MessageEvent[] {
    const { changes } = this.#course(id);
    return messages.map((message) =>
      changes.reduce<MessageEvent>((before, event) => changedBy(before, event, this.replica.userId), message));
  }

  #course(id: string): Course {
    const course = this.#courses.get(id) ?? new Course();
    this.#courses.set(id, course);
    return course;
  }
}

const placeOf = (event: LogEvent) => ({ seq: event.seq, at: event.at, ...('id' in event && { id: event.id }) });

const withHead = (conversation: Conversation, headSeq: number): Conversation =>
  ({ ...conversation, item: { ...conversation.item, headSeq } });
