// The conversations of the reader: the inbox, what is opened of it, and keeping up with both.

import { api, session } from '../client.js';
import { apply, put } from './log.js';
import { isConnected, send } from './socket.js';
import { changed, conversations, openConversation, view } from './state.js';

const PAGE_SIZE = 50;
const LONG_PAGE = 200;
// A link may lead far back; beyond this a page would become too long to scroll.
const LONGEST_WAY_BACK = 20;

/** Takes an inbox item; what the page has of the conversation already stays. */
function adopt(item) {
  const present = conversations.get(item.id);
  if (present && (present.settings?.version ?? 0) > (item.settings?.version ?? 0)) {
    item = { ...item, settings: present.settings };
  }
  conversations.set(item.id, present ? Object.assign(present, item) : {
    ...item,
    events: null, known: 0, atStart: false, changes: [], quoted: new Map(), reads: new Map(), typing: new Map(),
    pins: null, group: null,
  });
  return conversations.get(item.id);
}

let inboxLoad = null;
let inboxAgain = false;

/** Events may ask for this many times at once: one load runs, and one more after it. */
export async function loadInbox() {
  if (inboxLoad) {
    inboxAgain = true;
    return inboxLoad;
  }
  inboxLoad = readInbox();
  try {
    await inboxLoad;
  } finally {
    inboxLoad = null;
  }
  if (inboxAgain) {
    inboxAgain = false;
    await loadInbox();
  }
}

async function readInbox() {
  const seen = new Set();
  let cursor = null;
  do {
    const after = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const page = await api('GET', `/conversations?limit=200${after}`);
    page.items.forEach((item) => seen.add(adopt(item).id));
    cursor = page.next;
  } while (cursor);
  for (const id of [...conversations.keys()]) {
    if (!seen.has(id)) conversations.delete(id);
  }
  view.inboxLoaded = true;
  if (view.openId && !conversations.has(view.openId)) close();
  changed('inbox', 'conversation');
}

/** Shows a conversation, loaded when that happens for the first time. */
export async function open(id) {
  Object.assign(view, { openId: id, replyTo: null, editing: null });
  changed('opened', 'inbox', 'conversation');
  const conversation = openConversation();
  if (!conversation.events) {
    await loadNewest(conversation);
    // What is no message (members, holes) comes by the log.
    await catchUp(conversation);
  }
  if (view.openId !== id) return;
  changed('loaded', 'conversation');
  if (conversation.settings?.markedUnread) sendRead(conversation);
  markRead();
}

export function close() {
  Object.assign(view, { openId: null, replyTo: null, editing: null });
  changed('opened', 'inbox', 'conversation');
}

async function loadNewest(conversation) {
  const page = await api('GET', `/conversations/${conversation.id}/messages?limit=${PAGE_SIZE}`);
  conversation.events = new Map();
  page.items.forEach((message) => put(conversation, message));
  conversation.atStart = !page.next;
  conversation.known = page.items.length ? page.items[0].seq : 0;
}

const firstSeq = (conversation) => Math.min(...conversation.events.keys());

export async function loadOlder(conversation, limit = PAGE_SIZE) {
  const path = `/conversations/${conversation.id}/messages?before=${firstSeq(conversation)}&limit=${limit}`;
  const page = await api('GET', path);
  page.items.forEach((message) => put(conversation, message));
  conversation.atStart = !page.next;
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
  return conversation.events.get(seq) ?? conversation.quoted.get(seq);
}

/** Fetches what lies behind `known`, in order, until the head. One run at a time per conversation. */
export async function catchUp(conversation) {
  if (conversation.catching) {
    conversation.again = true;
    return conversation.catching;
  }
  conversation.catching = fetchRest(conversation);
  try {
    await conversation.catching;
  } finally {
    conversation.catching = null;
  }
  if (conversation.id === view.openId) {
    changed('conversation');
    markRead();
  }
  changed('inbox', 'pins');
}

async function fetchRest(conversation) {
  do {
    conversation.again = false;
    let more = true;
    while (more) {
      const after = conversation.known;
      const page = await api('GET', `/conversations/${conversation.id}/events?after=${after}&limit=200`);
      page.items.forEach((event) => apply(conversation, event));
      more = page.more && page.items.length > 0;
      if (page.next < after) {
        // The log ends before what is known here: it was restored from a backup.
        conversation.headSeq = page.next;
        conversation.changes = [];
        await loadNewest(conversation);
        more = conversation.known < page.next;
      }
    }
  } while (conversation.again);
}

/** Compares what the server says of heads with what is here, and fetches what is missing. */
export function compareHeads(heads, complain) {
  let stale = false;
  for (const [id, seq] of Object.entries(heads)) {
    const conversation = conversations.get(id);
    if (!conversation) stale = true;
    else if (conversation.events && conversation.known < seq) catchUp(conversation).catch(complain);
    else if (conversation.headSeq < seq) stale = true;
  }
  if (stale) loadInbox().catch(complain);
}

/** What is open and looked at has been read. */
export function markRead() {
  const conversation = openConversation();
  if (!conversation?.events || document.hidden || !isConnected()) return;
  conversation.unread = 0;
  conversation.mentions = 0;
  if (conversation.known > conversation.readSeq) {
    conversation.readSeq = conversation.known;
    sendRead(conversation);
  }
  changed('inbox');
}

/** Everything from this message on is unread again. An open conversation would be read at once, so it is closed. */
export async function markUnreadFrom(conversation, seq) {
  close();
  await api('PUT', `/conversations/${conversation.id}/unread`, { seq });
}

function sendRead(conversation) {
  send(conversation.id, 'read', { seq: Math.max(conversation.readSeq, conversation.known) });
  if (conversation.settings) conversation.settings.markedUnread = false;
}

/** The direct conversation with somebody, made if there is none. */
export async function openDirect(userId) {
  const item = await api('POST', '/conversations/direct', { userId });
  await open(adopt(item).id);
}

export const openNotes = () => openDirect(session.user.id);

/** message-service hears of a new group by an event, a moment later. */
export async function openWhenThere(id) {
  for (let attempt = 0; attempt < 40; attempt += 1) {
    await loadInbox();
    if (conversations.has(id)) {
      await open(id);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
