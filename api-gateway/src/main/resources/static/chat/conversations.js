// The conversations of the reader, and what is opened of them. The client keeps up with the server.

import { api, session } from '../client.js';
import { client } from './socket.js';
import { byNow, changed, conversations, openConversation, view } from './state.js';

const LONG_PAGE = 200;
// A link may lead far back; beyond this a page would become too long to scroll.
const LONGEST_WAY_BACK = 20;

/** Takes an inbox item; what the page has of the conversation already stays. */
export function adopt(item) {
  const present = conversations.get(item.id);
  if (present && (present.settings?.version ?? 0) > (item.settings?.version ?? 0)) {
    item = { ...item, settings: present.settings };
  }
  conversations.set(item.id, present ? Object.assign(present, item) : {
    ...item,
    events: null, atStart: false, quoted: new Map(), reads: new Map(), delivers: new Map(), typing: new Map(), pins: null,
    group: null, lives: new Map(),
  });
}

/** Shows a conversation, loaded when that happens for the first time. */
export async function open(id) {
  Object.assign(view, { openId: id, replyTo: null, editing: null });
  changed('opened', 'inbox', 'conversation');
  if (!openConversation().events) await client.open(id);
  if (view.openId !== id) return;
  changed('loaded', 'conversation');
  markRead();
}

export function close() {
  Object.assign(view, { openId: null, replyTo: null, editing: null });
  changed('opened', 'inbox', 'conversation');
}

const firstSeq = (conversation) => Math.min(...conversation.events.keys());

export async function loadOlder(conversation, limit) {
  conversation.atStart = !await client.older(conversation.id, firstSeq(conversation), limit);
  changed('conversation');
}

/** Answers whether the message is among those loaded, after loading what lies between. */
export async function loadBackTo(conversation, seq) {
  for (let pages = 0; pages < LONGEST_WAY_BACK; pages += 1) {
    if (conversation.events.has(seq) || conversation.atStart || firstSeq(conversation) <= seq) break;
    await loadOlder(conversation, LONG_PAGE);
  }
  return conversation.events.has(seq);
}

/** A message that another one quotes, when it was not loaded with the others: asked for once. */
export function quoted(conversation, seq) {
  if (!conversation.events.has(seq) && !conversation.quoted.has(seq)) {
    conversation.quoted.set(seq, null);
    api('GET', `/conversations/${conversation.id}/messages/${seq}`)
      .then((message) => conversation.quoted.set(seq, message))
      .catch(() => conversation.quoted.set(seq, { seq, unavailable: true }))
      .finally(() => changed('conversation'));
  }
  const message = conversation.events.get(seq) ?? conversation.quoted.get(seq);
  return message && byNow(message);
}

/** What is open and looked at has been read. */
export function markRead() {
  const conversation = openConversation();
  if (conversation?.events && !document.hidden) client.markRead(conversation.id);
}

/** Everything from this message on is unread again. An open conversation would be read at once, so it is closed. */
export async function markUnreadFrom(conversation, seq) {
  close();
  await api('PUT', `/conversations/${conversation.id}/unread`, { seq });
}

/** The direct conversation with somebody, made if there is none. */
export async function openDirect(userId) {
  const item = await api('POST', '/conversations/direct', { userId });
  await client.adopt(item);
  await open(item.id);
}

export const openNotes = () => openDirect(session.user.id);

/** message-service hears of a new group by an event, a moment later. */
export async function openWhenThere(id) {
  for (let attempt = 0; attempt < 40; attempt += 1) {
    await client.refresh();
    if (conversations.has(id)) {
      await open(id);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
