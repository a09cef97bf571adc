// Messages on their way: kept until the log shows them, and sent again after each loss of the connection
// with the same clientMessageId, so that what did arrive is not stored twice.

import { session } from '../client.js';
import { isConnected, send } from './socket.js';
import { changed, conversations, pending, view } from './state.js';

/** A reply that is not meant for the conversation, too, is shown in its thread only. */
export function sendMessage(conversationId, text, replyTo, alsoToConversation = true) {
  const message = {
    type: 'MESSAGE',
    conversationId,
    clientMessageId: crypto.randomUUID ? crypto.randomUUID() : randomId(),
    authorId: session.user.id,
    text,
    replyTo: replyTo ?? undefined,
    alsoToConversation: (replyTo && alsoToConversation) || undefined,
    at: new Date().toISOString(),
    seq: null,
    triedAfterSeq: conversations.get(conversationId).headSeq,
  };
  pending.set(message.clientMessageId, message);
  publish(message, false);
  view.sent = true;
  changed('conversation');
}

function publish(message, again) {
  if (!isConnected()) return;
  const { clientMessageId, text, replyTo, alsoToConversation, triedAfterSeq } = message;
  const body = { clientMessageId, text, replyTo, alsoToConversation };
  if (again && triedAfterSeq) body.triedAfterSeq = triedAfterSeq;
  send(message.conversationId, 'messages', body);
}

/** After the connection was lost; the oldest first. */
export function sendAgain() {
  [...pending.values()].filter((message) => !message.seq && !message.failed)
    .forEach((message) => publish(message, true));
}

export function retry(message) {
  message.failed = null;
  publish(message, true);
  changed('conversation');
}

export function discard(message) {
  pending.delete(message.clientMessageId);
  changed('conversation');
}

/** Marks the message that was refused; answers whether it was one. */
export function takeRefusal(problem) {
  const message = pending.get(problem.clientMessageId);
  if (!message) return false;
  message.failed = problem.detail || problem.title || 'Not sent';
  changed('conversation');
  return true;
}

// crypto.randomUUID exists on https and localhost only.
function randomId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
}
