import { changedBy, disappeared, targetsOf } from './messages.js';
import type { HiddenEvent, InboxItem, LogEvent, MessageEvent, ReadEvent, SettingsEvent } from './types.js';

type LastMessage = NonNullable<InboxItem['lastMessage']>;

export const isMuted = (item: InboxItem) =>
  Boolean(item.settings?.mutedUntil) && new Date(item.settings.mutedUntil!) > new Date();

const mentions = (message: MessageEvent, me: string) =>
  Boolean(message.mentionsAll) || (message.mentions ?? []).some((each) => each.userId === me);

/** The item after an event of its conversation's log, in its turn; one that the item shows already changes nothing. */
export function itemAfter(item: InboxItem, event: LogEvent, me: string): InboxItem {
  const changed = withLast(item, event, me);
  if (event.seq <= changed.headSeq) return changed;
  const after = { ...changed, headSeq: event.seq };
  if (event.type === 'MEMBERS' && event.name !== undefined) after.name = event.name;
  if (event.type !== 'MESSAGE') return after;
  after.lastActivityAt = event.at;
  if (event.hidden) return after;
  after.lastMessage = event;
  if (after.settings?.archived && !isMuted(after)) after.settings = { ...after.settings, archived: false };
  if (event.authorId === me) return after;
  after.unread += 1;
  if (mentions(event, me)) after.mentions = (after.mentions ?? 0) + 1;
  return after;
}

/** The item with its last message as it is after an event about it. */
export function withLast(item: InboxItem, event: LogEvent | HiddenEvent, me: string): InboxItem {
  if (!item.lastMessage || !targetsOf(event).includes(item.lastMessage.seq)) return item;
  return { ...item, lastMessage: changedBy(item.lastMessage as MessageEvent, event, me) as LastMessage };
}

/**
 * The item when messages of its conversation have disappeared.
 *
 * @param gone as they were
 * @param now in milliseconds
 */
export function afterExpiry(item: InboxItem, gone: MessageEvent[], now: number, me: string): InboxItem {
  const last = item.lastMessage && disappeared(item.lastMessage as MessageEvent, now) as LastMessage;
  const unread = gone.filter((message) => message.seq > item.readSeq && message.authorId !== me);
  if (last === item.lastMessage && !unread.length) return item;
  const mentioning = unread.filter((message) => mentions(message, me)).length;
  return {
    ...item, lastMessage: last, unread: Math.max(0, item.unread - unread.length),
    mentions: Math.max(0, (item.mentions ?? 0) - mentioning),
  };
}

/** After the own marker was moved, perhaps back, by any of one's devices. */
export function afterRead(item: InboxItem, event: Pick<ReadEvent, 'seq' | 'unread' | 'mentions'>): InboxItem {
  const unread = event.unread ?? item.unread;
  return {
    ...item, readSeq: event.seq, unread, mentions: event.mentions ?? (unread ? item.mentions : 0),
    settings: { ...item.settings, markedUnread: false },
  };
}

export function afterSettings(item: InboxItem, event: SettingsEvent): InboxItem {
  return event.settings.version <= (item.settings?.version ?? 0) ? item : { ...item, settings: event.settings };
}

/**
 * What to keep when the server shows an item.
 *
 * @param heardSeq the last event that this connection brought, 0 if none: an item from before it knows less
 */
export function merged(present: InboxItem, shown: InboxItem, heardSeq: number): InboxItem {
  const isOlder = shown.headSeq < heardSeq;
  const { headSeq, lastMessage, lastActivityAt, unread, mentions: mentioning } = isOlder ? present : shown;
  const settings = (present.settings?.version ?? 0) > (shown.settings?.version ?? 0) ? present.settings : shown.settings;
  return { ...shown, headSeq, lastMessage, lastActivityAt, unread, mentions: mentioning, settings };
}
