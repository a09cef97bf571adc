// Threads: what the page knows of those of the open conversation, which one is open beside it, and which
// of all that the reader follows have something unread.

import { api, complain } from '../client.js';
import { byNow, changed, conversations, openConversation, pending, view, when } from './state.js';

const PAGE = 50;
const MOST_PAGES = 4;
const LONGEST_THREAD = 20;
const COUNT_EVERY_MS = 2_000;

/** Threads with unread replies, over all conversations: the first of them, and whether there are more. */
export const unreadThreads = { items: [], more: false };

/** A reply that is not meant for the conversation, so it is shown in its thread only. */
export const isInThreadOnly = (message) => !message.alsoToConversation
  && Boolean(message.threadRoot || (message.replyTo && pending.has(message.clientMessageId)));

const path = (conversation, root) => `/conversations/${conversation.id}/messages/${root}/thread`;

// ---- The threads of the open conversation ----------------------------------------------------

when(['loaded', 'pins'], () => loadThreads().catch(complain));

async function loadThreads() {
  const conversation = openConversation();
  if (!conversation?.events) return;
  const found = new Map();
  let cursor = '';
  for (let pages = 0; pages < MOST_PAGES && cursor !== null; pages += 1) {
    const page = await api('GET', `/conversations/${conversation.id}/threads?limit=${PAGE}${cursor}`);
    page.items.forEach((thread) => found.set(thread.threadRoot, thread));
    cursor = page.next === null ? null : `&cursor=${page.next}`;
  }
  conversation.threads = found;
  changed('conversation');
}

const isUncounted = (reply) => reply.deleted || byNow(reply).expired;

/** How many replies a message has; those that came since its thread was asked for are counted on. */
export function repliesOf(conversation, seq) {
  const thread = conversation.threads?.get(seq);
  let count = thread?.replies ?? 0;
  for (const message of conversation.events?.values() ?? []) {
    if (message.threadRoot === seq && message.seq > (thread?.lastReplySeq ?? 0) && !isUncounted(message)) count += 1;
  }
  return count;
}

// ---- The thread that is open -----------------------------------------------------------------

/** {conversation, root, message, replies (seq -> message), followed, unread, last}; null: none is. */
export let thread = null;

when(['opened'], () => {
  if (thread && thread.conversation.id !== view.openId) closeThread();
});
when(['conversation'], () => {
  if (thread && takeReplies()) markThreadRead();
});

export async function openThread(conversation, root) {
  thread = { conversation, root, message: conversation.events?.get(root) ?? null, replies: new Map(), followed: false, last: 0 };
  changed('thread', 'conversation');
  await loadThread(thread);
}

export function closeThread() {
  thread = null;
  changed('thread', 'conversation');
}

async function loadThread(opened) {
  let after = 0;
  for (let pages = 0; pages < LONGEST_THREAD; pages += 1) {
    const page = await api('GET', `${path(opened.conversation, opened.root)}?limit=100&after=${after}`);
    if (thread !== opened) return;
    opened.message = page.root ?? opened.message;
    page.items.forEach((message) => opened.replies.set(message.seq, message));
    takeState(page);
    after = page.next;
    if (!page.more) break;
  }
  takeReplies();
  changed('thread');
  markThreadRead();
}

// What the log brings of the thread: new replies, and old ones as they are now. Answers whether there are new ones.
function takeReplies() {
  const { conversation, root, replies } = thread;
  thread.message = conversation.events?.get(root) ?? thread.message;
  for (const message of conversation.events?.values() ?? []) {
    if (message.threadRoot === root) replies.set(message.seq, message);
  }
  const last = Math.max(0, ...replies.keys());
  const isNew = last > thread.last;
  thread.last = last;
  changed('thread');
  return isNew;
}

/** The thread that is open and looked at has been read. */
export async function markThreadRead() {
  const opened = thread;
  if (!opened?.last || document.hidden) return;
  try {
    takeState(await api('PUT', `${path(opened.conversation, opened.root)}/read`, { seq: opened.last }));
  } catch (problem) {
    complain(problem);
  }
}

export async function follow(followed) {
  const opened = thread;
  try {
    takeState(await api(followed ? 'PUT' : 'DELETE', `${path(opened.conversation, opened.root)}/follow`));
  } catch (problem) {
    complain(problem);
  }
}

function takeState(state) {
  if (thread?.root !== state.threadRoot) return;
  thread.followed = state.followed;
  changed('thread');
  countSoon();
}

/** A THREAD event: this or another device has done something. */
export function takeThread(event) {
  if (thread?.conversation.id === event.conversationId) takeState(event);
  countSoon();
}

// ---- What is unread in the threads that the reader follows -----------------------------------

let counting = null;

when(['inbox'], countSoon);

// Whatever happened: what is unread is asked for, a while later and once.
function countSoon() {
  counting ??= setTimeout(() => {
    counting = null;
    if (conversations.size && !document.hidden) countUnread().catch(() => {});
  }, COUNT_EVERY_MS);
}

async function countUnread() {
  const page = await api('GET', `/users/me/threads?unread=true&limit=${PAGE}`);
  const seen = JSON.stringify([unreadThreads.items, unreadThreads.more]);
  Object.assign(unreadThreads, { items: page.items, more: page.next !== null });
  if (JSON.stringify([unreadThreads.items, unreadThreads.more]) !== seen) changed('threads');
}

/** A page of all that the reader follows. */
export const followedThreads = (cursor, limit) => api('GET',
  `/users/me/threads?limit=${limit}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);

export function forgetThreads() {
  thread = null;
  clearTimeout(counting);
  counting = null;
  Object.assign(unreadThreads, { items: [], more: false });
  changed('thread', 'threads');
}
