// What is on the wire: docs/api/websocket.md ("Events") and docs/api/conversations.md.
// Newer servers have more members and more types; pass over what you do not know.

/** An ISO 8601 time in UTC. */
export type Time = string;

// ---- Of the log -----------------------------------------------------------------------------------

interface OfLog {
  conversationId: string;
  /** Its place in the conversation's log, which has no gaps. */
  seq: number;
  prev: number;
  at: Time;
  /** Something about a message that one may not see: applied, and not shown. */
  hidden?: boolean;
}

export interface Mention {
  userId?: string;
  all?: 'everyone' | 'here';
  /** In UTF-16 units of the text, the @ included. */
  start: number;
  length: number;
}

export interface Reaction {
  emoji: string;
  count: number;
  own?: boolean;
}

/** What a message that passes on another has of it. */
export interface Forwarded {
  authorId: string;
  at: Time;
  text: string;
  /** Where it is, if that is no other direct conversation. */
  conversationId?: string;
  seq?: number;
}

/** A message as it is now: edited, reacted to, deleted. */
export interface MessageEvent extends OfLog {
  type: 'MESSAGE';
  id: string;
  authorId: string;
  clientMessageId?: string;
  /** Not there when the message was deleted, is hidden or has disappeared. */
  text?: string;
  replyTo?: number;
  threadRoot?: number;
  alsoToConversation?: boolean;
  /** When it disappears. */
  expiresAt?: Time;
  /** It has disappeared: there is no text any more. */
  expired?: boolean;
  forwardedFrom?: Forwarded;
  mentions?: Mention[];
  mentionsAll?: 'everyone' | 'here';
  editedAt?: Time;
  editedSeq?: number;
  reactions?: Reaction[];
  reactionsSeq?: number;
  deleted?: boolean;
  deletedBy?: string;
  deletedSeq?: number;
}

export interface MembersEvent extends OfLog {
  type: 'MEMBERS';
  id: string;
  authorId: string;
  actorId?: string;
  change: 'CREATED' | 'MEMBERS_ADDED' | 'MEMBERS_REMOVED' | 'MEMBERS_UPDATED' | 'UPDATED' | 'DELETED' | 'REPAIRED';
  name?: string;
  version?: number;
  archived?: boolean;
  added?: string[];
  removed?: string[];
  updated?: { userId: string; role: string; mutedUntil?: Time; overrides?: Record<string, boolean> }[];
  history?: 'all' | 'from_joining';
  policy?: Record<string, unknown>;
}

export interface DeletedEvent extends OfLog {
  type: 'DELETED';
  id: string;
  authorId: string;
  targets: number[];
}

export interface EditedEvent extends OfLog {
  type: 'EDITED';
  id: string;
  authorId: string;
  target: number;
  text?: string;
  mentions?: Mention[];
  mentionsAll?: 'everyone' | 'here';
  deleted?: boolean;
}

export interface ReactedEvent extends OfLog {
  type: 'REACTED';
  id: string;
  authorId: string;
  target: number;
  changes?: { userId: string; emoji: string; added: boolean }[];
  reactions?: Reaction[];
}

export interface PinnedEvent extends OfLog {
  type: 'PINNED';
  id: string;
  authorId: string;
  target: number;
  pinned?: boolean;
  by?: string;
}

/** A seq whose event was never written: nothing is missing there. */
export interface VoidEvent extends OfLog {
  type: 'VOID';
}

export type LogEvent =
  MessageEvent | MembersEvent | DeletedEvent | EditedEvent | ReactedEvent | PinnedEvent | VoidEvent;

// ---- Passing --------------------------------------------------------------------------------------

export interface AckEvent {
  type: 'ACK';
  conversationId: string;
  clientMessageId: string;
  id: string;
  seq: number;
  at: Time;
}

/** Of others: how far they have read. Of oneself: where the own marker is now, and what is behind it. */
export interface ReadEvent {
  type: 'READ';
  conversationId: string;
  userId: string;
  seq: number;
  unread?: number;
  mentions?: number;
  /** Up to where both were counted. */
  headSeq?: number;
}

/** How far a device of somebody else has received; of several the highest seq counts. */
export interface DeliveredEvent {
  type: 'DELIVERED';
  conversationId: string;
  userId: string;
  seq: number;
}

/** One follows a thread or not, or its read marker was moved. */
export interface ThreadEvent {
  type: 'THREAD';
  conversationId: string;
  threadRoot: number;
  followed: boolean;
  readSeq?: number;
  unread?: number;
  mentions?: number;
}

/** What has become of a message that is to be sent later; the one with the highest version counts. */
export interface ScheduledEvent {
  type: 'SCHEDULED';
  id: string;
  conversationId: string;
  clientMessageId: string;
  state: 'waiting' | 'sending' | 'sent' | 'failed' | 'cancelled';
  version: number;
  at: Time;
  seq?: number;
  problem?: string;
  detail?: string;
}

export interface TypingEvent {
  type: 'TYPING';
  conversationId: string;
  userId: string;
  /** In milliseconds. */
  expiresIn: number;
}

export interface HiddenEvent {
  type: 'HIDDEN';
  conversationId: string;
  targets: number[];
}

export interface SettingsEvent {
  type: 'SETTINGS';
  conversationId: string;
  settings: Settings;
}

export interface DraftEvent {
  type: 'DRAFT';
  conversationId: string;
  text: string;
  replyTo: number | null;
  at: Time;
}

export interface SavedEvent {
  type: 'SAVED';
  conversationId: string;
  seq: number;
  savedAt: Time;
  note?: string;
}

export interface UnsavedEvent {
  type: 'UNSAVED';
  conversationId: string;
  seq: number;
}

export interface PresenceEvent {
  type: 'PRESENCE';
  users: { userId: string; presence: string; lastSeen?: Time; status?: PresenceStatus }[];
}

export interface PresenceStatus {
  text: string;
  emoji?: string;
  until?: Time;
}

export interface PresenceChosenEvent {
  type: 'PRESENCE_CHOSEN';
  show: string;
  status?: PresenceStatus;
}

export interface JoinedEvent {
  type: 'JOINED';
  conversationId: string;
}

export interface LeftEvent {
  type: 'LEFT';
  conversationId: string;
}

export interface HeadsEvent {
  type: 'HEADS';
  /** Conversation → its last seq. */
  heads: Record<string, number>;
}

export type PassingEvent =
  AckEvent | ReadEvent | DeliveredEvent | TypingEvent | ThreadEvent | ScheduledEvent | HiddenEvent | SettingsEvent
  | DraftEvent | SavedEvent | UnsavedEvent | PresenceEvent | PresenceChosenEvent | JoinedEvent | LeftEvent | HeadsEvent;

export type ServerEvent = LogEvent | PassingEvent;

/** ACK, READ and DELIVERED have a seq as well, of another event. */
export const isOfLog = (event: ServerEvent): event is LogEvent => 'prev' in event;

// ---- The inbox ------------------------------------------------------------------------------------

export interface Settings {
  mutedUntil: Time | null;
  archived: boolean;
  pinned: boolean;
  order: number | null;
  markedUnread: boolean;
  /** Of two states the one with the higher version is the later. */
  version: number;
}

export interface InboxItem {
  id: string;
  kind: 'DIRECT' | 'GROUP';
  name: string | null;
  otherUserId: string | null;
  headSeq: number;
  lastMessage: (Partial<MessageEvent> & { seq: number; id: string }) | null;
  lastActivityAt: Time | null;
  unread: number;
  mentions: number;
  readSeq: number;
  settings: Settings;
}

export interface Page<T> {
  items: T[];
  /** To be passed for the next page; null on the last one. */
  next: string | null;
}
