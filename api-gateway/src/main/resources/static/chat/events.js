// What the socket tells, dealt out to those whom it concerns.

import { complain, session } from '../client.js';
import { catchUp, compareHeads, loadInbox, markRead } from './conversations.js';
import { takeDraft } from './drafts.js';
import { applyNews, apply } from './log.js';
import { appear } from './people.js';
import { takeChosen } from './presence.js';
import { received, takeDelivered } from './receipts.js';
import { takeRefusal } from './sending.js';
import { changed, conversations, pending, view } from './state.js';
import { takeThread } from './threads.js';

const TYPING_SHOWN_MS = 5_000;

// What is told while joining is fetched right after it.
let joined = false;

export function setJoined(now) {
  joined = now;
}

export function onEvent(event) {
  const conversation = conversations.get(event.conversationId);
  switch (event.type) {
    case 'HEADS':
      if (joined) compareHeads(event.heads, complain);
      break;
    case 'JOINED':
    case 'LEFT':
      loadInbox().catch(complain);
      break;
    case 'PRESENCE':
      appear(event.users);
      break;
    case 'PRESENCE_CHOSEN':
      takeChosen(event);
      break;
    case 'DRAFT':
      takeDraft(event);
      break;
    case 'THREAD':
      takeThread(event);
      break;
    default:
      if (conversation) onConversationEvent(conversation, event);
      // The first event of a conversation that one does not know yet.
      else if (event.prev !== undefined) loadInbox().catch(complain);
  }
}

function onConversationEvent(conversation, event) {
  if (event.prev !== undefined) {
    onLogEvent(conversation, event);
    return;
  }
  switch (event.type) {
    case 'ACK':
      onAck(event);
      break;
    case 'READ':
      onRead(conversation, event);
      break;
    case 'DELIVERED':
      takeDelivered(conversation, event);
      break;
    case 'TYPING':
      onTyping(conversation, event);
      break;
    case 'HIDDEN':
      apply(conversation, event);
      if (conversation.unread) loadInbox().catch(complain);
      changed('conversation', 'inbox');
      break;
    case 'SETTINGS':
      if (event.settings.version <= (conversation.settings?.version ?? 0)) break;
      conversation.settings = event.settings;
      changed('inbox', 'conversation');
      break;
    default: // Of a newer server.
  }
}

function onLogEvent(conversation, event) {
  if (conversation.events && event.seq > conversation.known + 1) {
    // A gap: the event comes again, in its place, with those before it.
    catchUp(conversation).catch(complain);
    return;
  }
  if (conversation.events && event.seq <= conversation.known) return;
  applyNews(conversation, event);
  received(conversation, event);
  if (event.type === 'DELETED' && conversation.unread) loadInbox().catch(complain);
  if (conversation.id === view.openId) {
    changed('conversation');
    markRead();
  }
  if (event.type === 'PINNED' || event.type === 'DELETED') changed('pins');
  changed('inbox');
}

// The message is stored; the log shows it in its turn.
function onAck(event) {
  const sent = pending.get(event.clientMessageId);
  if (!sent) return;
  Object.assign(sent, { seq: event.seq, at: event.at, failed: null });
  changed('conversation');
}

// One's own marker may also have gone back; others only hear how far somebody ever was.
function onRead(conversation, event) {
  if (event.userId !== session.user.id) {
    conversation.reads.set(event.userId, Math.max(event.seq, conversation.reads.get(event.userId) ?? 0));
    if (conversation.id === view.openId) changed('conversation');
    return;
  }
  Object.assign(conversation, { readSeq: event.seq, unread: event.unread, mentions: event.mentions });
  if (conversation.settings) conversation.settings.markedUnread = false;
  // What has come since it was counted adds to it.
  if (conversation.headSeq > event.headSeq) loadInbox().catch(complain);
  changed('inbox');
}

// Nobody says that they have stopped: it ends by itself.
function onTyping(conversation, event) {
  if (event.userId === session.user.id) return;
  const shown = event.expiresIn ?? TYPING_SHOWN_MS;
  conversation.typing.set(event.userId, Date.now() + shown);
  changed('typing');
  setTimeout(() => changed('typing'), shown + 50);
}

export function onProblem(problem) {
  if (!takeRefusal(problem)) complain(Object.assign(new Error(problem.detail || problem.title), problem));
}
