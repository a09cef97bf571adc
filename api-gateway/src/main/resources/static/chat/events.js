// What the client tells, put into what the page shows.

import { complain, session } from '../client.js';
import { changedBy, targetsOf } from '../parley/index.js';
import { adopt, close, markRead } from './conversations.js';
import { takeRules } from './disappearing.js';
import { takeDraft } from './drafts.js';
import { appear } from './people.js';
import { takeChosen } from './presence.js';
import { received, takeDelivered } from './receipts.js';
import { takeSaved, takeUnsaved } from './saved.js';
import { takeScheduled } from './scheduled.js';
import { client } from './socket.js';
import { changed, conversations, view } from './state.js';
import { takeThread } from './threads.js';

const TYPING_SHOWN_MS = 5_000;

// ---- The inbox -------------------------------------------------------------------------------

client.on('inbox', (ids) => {
  ids.forEach((id) => adopt(client.conversations.get(id).item));
  ids.forEach((id) => received(conversations.get(id)));
  changed('inbox', 'conversation');
});

client.on('left', (id) => {
  conversations.delete(id);
  if (view.openId === id) close();
  changed('inbox', 'conversation');
});

// ---- The logs --------------------------------------------------------------------------------

client.on('reset', ({ conversationId, events }) => {
  const conversation = conversations.get(conversationId);
  conversation.events = new Map();
  put(conversation, events);
});

client.on('older', ({ conversationId, events }) => put(conversations.get(conversationId), events));

client.on('log', ({ conversationId, events }) => {
  const conversation = conversations.get(conversationId);
  put(conversation, events);
  for (const event of events) {
    if (event.type === 'MESSAGE') conversation.typing.delete(event.authorId);
    if (event.type === 'MEMBERS') {
      conversation.group = null;
      takeRules(conversation, event);
    }
    change(conversation, event);
  }
  if (events.some((event) => event.type === 'PINNED' || event.type === 'DELETED')) changed('pins');
  if (conversationId === view.openId) markRead();
});

client.on('expired', ({ conversationId, events }) => {
  put(conversations.get(conversationId), events);
  changed('pins');
});

const isRow = (event) => ['MESSAGE', 'MEMBERS'].includes(event.type) || (event.type === 'PINNED' && !event.hidden);

function put(conversation, events) {
  for (const event of events) {
    if (isRow(event)) conversation.events.set(event.seq, event);
  }
  conversation.atStart = client.conversations.get(conversation.id)?.log?.older === null;
  changed('conversation');
}

// An event about messages, applied to those that are shown.
function change(conversation, event) {
  for (const target of targetsOf(event)) {
    for (const messages of [conversation.events, conversation.quoted]) {
      const message = messages?.get(target);
      if (message?.type === 'MESSAGE') messages.set(target, changedBy(message, event, session.user.id));
    }
  }
}

// ---- What passes -----------------------------------------------------------------------------

client.on('passing', (event) => {
  const conversation = conversations.get(event.conversationId);
  switch (event.type) {
    case 'PRESENCE':
      appear(event.users);
      break;
    case 'PRESENCE_CHOSEN':
      takeChosen(event);
      break;
    case 'DRAFT':
      takeDraft(event);
      break;
    case 'SCHEDULED':
      takeScheduled(event);
      break;
    case 'THREAD':
      takeThread(event);
      break;
    case 'SAVED':
      takeSaved(event).catch(complain);
      break;
    case 'UNSAVED':
      takeUnsaved(event).catch(complain);
      break;
    case 'READ':
      if (conversation) onRead(conversation, event);
      break;
    case 'DELIVERED':
      if (conversation) takeDelivered(conversation, event);
      break;
    case 'TYPING':
      if (conversation) onTyping(conversation, event);
      break;
    case 'HIDDEN':
      if (conversation) change(conversation, event);
      changed('conversation', 'inbox');
      break;
    default: // The client deals with it, or it is of a newer server.
  }
});

// Others only hear how far somebody ever was.
function onRead(conversation, event) {
  if (event.userId === session.user.id) return;
  conversation.reads.set(event.userId, Math.max(event.seq, conversation.reads.get(event.userId) ?? 0));
  if (conversation.id === view.openId) changed('conversation');
}

// Nobody says that they have stopped: it ends by itself.
function onTyping(conversation, event) {
  if (event.userId === session.user.id) return;
  const shown = event.expiresIn ?? TYPING_SHOWN_MS;
  conversation.typing.set(event.userId, Date.now() + shown);
  changed('typing');
  setTimeout(() => changed('typing'), shown + 50);
}

client.on('problem', complain);
