// What the page knows, and who is told when it changes. Nothing here draws or asks the server.

import { disappeared } from '../parley/index.js';

/**
 * id -> the inbox item as the client has it, and what this page adds: events (seq -> event; null until
 * the conversation was opened once), atStart, reads and delivers (userId -> seq), typing (userId -> until),
 * quoted, pins, threads (root seq -> item of GET …/threads), life (how many seconds messages stay; 0: for good),
 * lives (seq of a MEMBERS event -> what it made of that).
 */
export const conversations = new Map();

/** clientMessageId -> a message that the log has not shown yet; with a seq once it is stored. */
export const pending = new Map();

const NOTHING_OPEN = { openId: null, replyTo: null, editing: null, archive: false, inboxLoaded: false, sent: false };

/** What is on the screen of this tab only. replyTo and editing are seqs; sent: something was just sent. */
export const view = { ...NOTHING_OPEN };

export const openConversation = () => conversations.get(view.openId);

export const isMuted = (conversation) => Boolean(conversation.settings?.mutedUntil)
  && new Date(conversation.settings.mutedUntil) > new Date();

/** A message by now: the time may have come at which it disappears. */
export const byNow = (message) => disappeared(message, Date.now());

/** A MESSAGE, unless it is one that nothing of is to be shown. */
export const isShown = (event) => event.type === 'MESSAGE' && !event.hidden && !byNow(event).expired;

const listeners = new Map();
const waiting = new Set();

/**
 * Calls the listener when one of the topics has changed: inbox, opened, loaded,
 * conversation, compose, draft, pins (they may be others), pinned, thread, threads, saved, typing, people, me.
 */
export function when(topics, listener) {
  for (const topic of topics) listeners.set(topic, [...(listeners.get(topic) ?? []), listener]);
}

/** However often it is called in one go, each listener hears of it once. */
export function changed(...topics) {
  if (!waiting.size) queueMicrotask(tell);
  topics.forEach((topic) => waiting.add(topic));
}

function tell() {
  const due = new Set([...waiting].flatMap((topic) => listeners.get(topic) ?? []));
  waiting.clear();
  due.forEach((listener) => listener());
}

export function forgetAll() {
  conversations.clear();
  pending.clear();
  Object.assign(view, NOTHING_OPEN);
}
