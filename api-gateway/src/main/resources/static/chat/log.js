// Puts events of a conversation's log into what the page knows of it. docs/api/websocket.md has the rules.

import { session } from '../client.js';
import { mentionsMe } from './text.js';
import { isMuted, pending } from './state.js';

const KEPT_CHANGES = 500;

/** Applies one event in its turn. */
export function apply(conversation, event) {
  if (event.seq > conversation.headSeq) conversation.headSeq = event.seq;
  if (event.type === 'MESSAGE') arrive(conversation, event);
  if (event.type === 'MEMBERS') conversation.group = null;
  if (event.target || event.targets) change(conversation, event);
  if (!conversation.events) return;
  if (event.type === 'MEMBERS' || (event.type === 'PINNED' && !event.hidden)) {
    conversation.events.set(event.seq, event);
  }
  if (event.seq > conversation.known) conversation.known = event.seq;
}

/** Applies an event that has just come, and counts it if nobody has read it yet. */
export function applyNews(conversation, event) {
  const isNew = event.seq > conversation.headSeq;
  apply(conversation, event);
  if (!isNew || event.type !== 'MESSAGE' || event.hidden) return;
  if (conversation.settings?.archived && !isMuted(conversation)) conversation.settings.archived = false;
  if (event.authorId === session.user.id) return;
  conversation.unread += 1;
  if (mentionsMe(event)) conversation.mentions = (conversation.mentions ?? 0) + 1;
}

/** Takes a message as the server has just shown it. */
export function put(conversation, message) {
  conversation.events.set(message.seq, message);
  // Changes may have come while the answer was on its way.
  conversation.changes.forEach((event) => changeOne(message, event));
}

function arrive(conversation, message) {
  if (message.clientMessageId && message.authorId === session.user.id) pending.delete(message.clientMessageId);
  conversation.typing.delete(message.authorId);
  if (conversation.events) put(conversation, message);
  if ((conversation.lastMessage?.seq ?? 0) <= message.seq) conversation.lastMessage = message;
  if (message.at > (conversation.lastActivityAt ?? '')) conversation.lastActivityAt = message.at;
}

function change(conversation, event) {
  conversation.changes.push(event);
  if (conversation.changes.length > KEPT_CHANGES) conversation.changes.shift();
  for (const target of event.targets ?? [event.target]) {
    for (const message of [conversation.events?.get(target), conversation.quoted.get(target), conversation.lastMessage]) {
      if (message?.seq === target) changeOne(message, event);
    }
  }
}

function changeOne(message, event) {
  if (event.hidden || message.seq !== event.target && !event.targets?.includes(message.seq)) return;
  switch (event.type) {
    case 'EDITED':
      if (event.deleted || message.deleted || event.seq <= (message.editedSeq ?? 0)) break;
      Object.assign(message, {
        text: event.text, mentions: event.mentions, editedSeq: event.seq, editedAt: event.at,
      });
      break;
    case 'REACTED':
      if (event.seq > (message.reactionsSeq ?? 0)) react(message, event);
      break;
    case 'DELETED':
      forget(message);
      Object.assign(message, { deleted: true, deletedBy: event.authorId, deletedSeq: event.seq });
      break;
    case 'HIDDEN':
      forget(message);
      message.hidden = true;
      break;
    default:
  }
}

// What everybody's reactions are stands in the event; which are one's own follows from what one did.
function react(message, event) {
  const own = new Set((message.reactions ?? []).filter((each) => each.own).map((each) => each.emoji));
  for (const { userId, emoji, added } of event.changes ?? []) {
    if (userId === session.user.id) own[added ? 'add' : 'delete'](emoji);
  }
  message.reactions = (event.reactions ?? []).map((each) => ({ ...each, own: own.has(each.emoji) }));
  message.reactionsSeq = event.seq;
}

function forget(message) {
  for (const member of ['text', 'mentions', 'reactions', 'replyTo']) delete message[member];
}
