// Messages on their way, as the client has them: it sends them, again after each loss of the connection.

import { session } from '../client.js';
import { client } from './socket.js';
import { changed, pending, view } from './state.js';

/** A reply that is not meant for the conversation, too, is shown in its thread only. */
export function sendMessage(conversationId, text, replyTo, alsoToConversation = true) {
  client.send(conversationId, text, replyTo ? { replyTo, alsoToConversation } : {});
  view.sent = true;
}

export const retry = (message) => client.retry(message.clientMessageId);

export const discard = (message) => client.discard(message.clientMessageId);

client.on('outbox', ({ outgoing, gone }) => {
  if (gone) pending.delete(outgoing.clientMessageId);
  else pending.set(outgoing.clientMessageId, asMessage(outgoing));
  changed('conversation');
});

const asMessage = (outgoing) => ({
  type: 'MESSAGE', ...outgoing, authorId: session?.user.id, seq: outgoing.seq ?? null,
  failed: outgoing.state === 'refused' ? outgoing.problem : null,
});
