import type { Rest } from './rest.js';
import type {
  DraftEvent, InboxItem, MessageEvent, Page, PresenceStatus, SavedEvent, Settings, Time,
} from './types.js';

export interface User {
  id: string;
  username: string;
  displayName?: string;
  [member: string]: unknown;
}

export interface Reader {
  userId: string;
  delivered: boolean;
  read: boolean;
  deliveredSeq: number;
  deliveredAt: Time | null;
  readSeq: number;
  readAt: Time | null;
}

export interface Pin {
  pinnedSeq: number;
  pinnedBy: string;
  pinnedAt: Time;
  message: MessageEvent;
}

export interface Thread {
  threadRoot: number;
  root?: MessageEvent;
  replies: number;
  lastReplySeq: number;
}

export interface ThreadPage extends Thread {
  items: MessageEvent[];
  next: number;
  more: boolean;
}

export type Draft = Omit<DraftEvent, 'type'>;
export type Saved = Omit<SavedEvent, 'type'> & { message?: MessageEvent; unavailable?: boolean };

/**
 * The rest of the REST API, typed where a chat needs it; docs/api has what each call does. What it changes comes as an
 * event as well. Whatever is not here: client.call().
 */
export class Api {
  constructor(private readonly rest: Rest) {}

  // ---- Conversations ------------------------------------------------------------------------------

  direct = (userId: string) => this.rest.call<InboxItem>('POST', '/conversations/direct', { userId });

  settings = (id: string, settings: Partial<Omit<Settings, 'version'>>) =>
    this.rest.call<Settings>('PATCH', `/conversations/${id}/settings`, settings);

  markUnread = (id: string, seq: number) =>
    this.rest.call<{ seq: number }>('PUT', `/conversations/${id}/unread`, { seq });

  draft = (id: string, text: string, replyTo: number | null = null) =>
    this.rest.call<Draft>('PUT', `/conversations/${id}/draft`, { text, replyTo });

  drafts = (cursor?: string) => this.rest.call<Page<Draft>>('GET', `/users/me/drafts?limit=200${behind(cursor)}`);

  // ---- Messages -----------------------------------------------------------------------------------

  message = (id: string, seq: number) => this.rest.call<MessageEvent>('GET', `/conversations/${id}/messages/${seq}`);

  edit = (id: string, seq: number, text: string) =>
    this.rest.call<MessageEvent>('PATCH', `/conversations/${id}/messages/${seq}`, { text });

  versions = (id: string, seq: number) =>
    this.rest.call<{ items: { seq: number; text: string; at: Time }[] }>(
      'GET', `/conversations/${id}/messages/${seq}/versions`);

  /** Who has received and read it. */
  readers = (id: string, seq: number) =>
    this.rest.call<{ seq: number; receipts: 'on' | 'off'; items: Reader[] }>(
      'GET', `/conversations/${id}/messages/${seq}/readers`);

  /** For everybody. */
  delete = (id: string, seq: number) => this.rest.call<unknown>('DELETE', `/conversations/${id}/messages/${seq}`);

  /** For oneself. */
  hide = (id: string, seq: number) => this.rest.call<null>('DELETE', `/conversations/${id}/messages/${seq}?for=me`);

  react = (id: string, seq: number, emoji: string) =>
    this.rest.call<unknown>('PUT', `/conversations/${id}/messages/${seq}/reactions/${encodeURIComponent(emoji)}`);

  unreact = (id: string, seq: number, emoji: string) =>
    this.rest.call<unknown>('DELETE', `/conversations/${id}/messages/${seq}/reactions/${encodeURIComponent(emoji)}`);

  pin = (id: string, seq: number) => this.rest.call<unknown>('PUT', `/conversations/${id}/pins/${seq}`);

  unpin = (id: string, seq: number) => this.rest.call<unknown>('DELETE', `/conversations/${id}/pins/${seq}`);

  pins = (id: string) => this.rest.call<{ items: Pin[] }>('GET', `/conversations/${id}/pins`);

  thread = (id: string, seq: number, after = 0) =>
    this.rest.call<ThreadPage>('GET', `/conversations/${id}/messages/${seq}/thread?after=${after}`);

  threads = (id: string, cursor?: string) =>
    this.rest.call<Page<Thread & { lastReply: MessageEvent }>>(
      'GET', `/conversations/${id}/threads?limit=50${behind(cursor)}`);

  save = (id: string, seq: number, note?: string) =>
    this.rest.call<Saved>('PUT', `/users/me/saved/${id}/${seq}`, note === undefined ? undefined : { note });

  unsave = (id: string, seq: number) => this.rest.call<null>('DELETE', `/users/me/saved/${id}/${seq}`);

  saved = (cursor?: string) => this.rest.call<Page<Saved>>('GET', `/users/me/saved?limit=100${behind(cursor)}`);

  // ---- People -------------------------------------------------------------------------------------

  users = (query: string) => this.rest.call<Page<User>>('GET', `/users?query=${encodeURIComponent(query)}&limit=20`);

  presence = (show: string, status?: PresenceStatus) =>
    this.rest.call<{ show: string; status?: PresenceStatus }>('PUT', '/users/me/presence', { show, status });

  createGroup = (name: string, memberIds: string[], description = '') =>
    this.rest.call<{ id: string; name: string }>('POST', '/groups', { name, description, memberIds });
}

const behind = (cursor?: string) => (cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`);
