// Who has received and read what: what this page says of itself, and what it shows of the others.

import { api, complain, el, session } from '../client.js';
import { nameOf } from './people.js';
import { popUp } from './popup.js';
import { sendTo } from './socket.js';
import { changed, conversations, isShown, openConversation, when } from './state.js';
import { fullTime } from './times.js';

const GATHER_MS = 1_000;
const MOST_AT_ONCE = 100;
const SWITCH_MS = 500;
const LONGEST_SWITCH = 10;

// ---- Oneself ---------------------------------------------------------------------------------

/** conversation id -> up to where it is to be said, and was said, that this page has it. */
const toSay = new Map();
const said = new Map();
let timer = null;

/** What of others has come to a conversation. What is read within the moment need not be said. */
export function received({ id, unread, headSeq }) {
  if (!unread || headSeq <= (said.get(id) ?? 0)) return;
  toSay.set(id, headSeq);
  timer ??= setTimeout(sayAll, GATHER_MS);
}

/** On each connection: a server that died may have taken the last of it along. */
export function sayHeads() {
  said.clear();
  [...conversations.values()]
    .filter((conversation) => conversation.unread)
    .sort((a, b) => String(b.lastActivityAt ?? '').localeCompare(String(a.lastActivityAt ?? '')))
    .slice(0, MOST_AT_ONCE)
    .forEach(received);
}

function sayAll() {
  timer = null;
  const heads = [...toSay].filter(([id, seq]) => conversations.has(id) && conversations.get(id).readSeq < seq);
  toSay.clear();
  for (let i = 0; i < heads.length; i += MOST_AT_ONCE) {
    sendTo('/app/session/delivered', { heads: Object.fromEntries(heads.slice(i, i + MOST_AT_ONCE)) });
  }
  heads.forEach(([id, seq]) => said.set(id, seq));
}

// ---- Others ----------------------------------------------------------------------------------

const isNotes = (conversation) => conversation.otherUserId === session.user.id;

const further = (map, userId, seq) => map.set(userId, Math.max(seq, map.get(userId) ?? 0));

export function takeDelivered(conversation, event) {
  conversation.delivers ??= new Map();
  further(conversation.delivers, event.userId, event.seq);
  changed('conversation');
}

/** How far everybody is stands with any message; asked for once, when a conversation is opened. Answers `on` or `off`. */
async function loadReceipts(conversation) {
  const own = [...conversation.events.values()]
    .filter((event) => isShown(event) && event.authorId === session.user.id && !event.deleted);
  if (!own.length || isNotes(conversation)) return null;
  const newest = Math.max(...own.map((event) => event.seq));
  const { receipts, items } = await api('GET', `/conversations/${conversation.id}/messages/${newest}/readers`);
  conversation.delivers ??= new Map();
  if (receipts === 'off') {
    conversation.reads.clear();
    conversation.delivers.clear();
  }
  for (const reader of items) {
    further(conversation.reads, reader.userId, reader.readSeq);
    further(conversation.delivers, reader.userId, reader.deliveredSeq);
  }
  changed('conversation');
  return receipts;
}

/** The reader has switched them on or off: the server goes by that within about a second. */
export async function receiptsSwitched(on) {
  for (let asked = 0; asked < LONGEST_SWITCH; asked += 1) {
    const conversation = openConversation();
    const receipts = conversation?.events ? await loadReceipts(conversation) : null;
    if (receipts === null || (receipts === 'on') === on) return;
    await new Promise((resolve) => setTimeout(resolve, SWITCH_MS));
  }
}

when(['loaded'], () => {
  const conversation = openConversation();
  // A large group has none, and who has switched them off sees none.
  if (conversation?.events) loadReceipts(conversation).catch(() => {});
});

const reached = (map, seq) => [...map?.values() ?? []].filter((place) => place >= seq).length;

/** What the reader is told of a message of their own; null of others'. */
export function receiptOf(conversation, message) {
  if (message.authorId !== session.user.id || !message.seq || message.deleted || isNotes(conversation)) return null;
  const seen = reached(conversation.reads, message.seq);
  if (conversation.kind === 'GROUP') return seen ? `✓✓ Seen by ${seen}` : '✓ Sent';
  if (seen) return '✓✓ Read';
  return reached(conversation.delivers, message.seq) ? '✓✓ Delivered' : '✓ Sent';
}

/** Lists who has received and read the message. */
export async function showReaders(button, conversation, message) {
  try {
    const { receipts, items } = await api('GET', `/conversations/${conversation.id}/messages/${message.seq}/readers`);
    const told = (reader) => {
      if (reader.read) return `read by ${fullTime(reader.readAt)}`;
      return reader.delivered ? `delivered by ${fullTime(reader.deliveredAt)}` : 'sent';
    };
    popUp(button, el('div', { class: 'readers', role: 'dialog', 'aria-label': 'Who has seen this message', tabindex: '-1' },
      receipts === 'off' ? el('p', {}, 'You have switched read receipts off.') : null,
      receipts !== 'off' && !items.length ? el('p', {}, 'Nobody lets it be seen.') : null,
      el('ul', {}, ...items.map((reader) => el('li', {},
        el('bdi', {}, nameOf(reader.userId)), ` · ${told(reader)}`)))));
  } catch (problem) {
    complain(problem);
  }
}
