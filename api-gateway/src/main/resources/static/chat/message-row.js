// One message as an element of the list.

import { complain, el, session } from '../client.js';
import { isGone } from '../parley/index.js';
import { quoted } from './conversations.js';
import { changeAt } from './due.js';
import { forwarded } from './forward.js';
import { openMessageMenu, showVersions } from './message-menu.js';
import { avatar, nameOf } from './people.js';
import { chooseReaction, reactionChips } from './reactions.js';
import { receiptOf } from './receipts.js';
import { discard, retry } from './sending.js';
import { view } from './state.js';
import { mentionsMe, richText, saidBy } from './text.js';
import { openThread, repliesOf } from './threads.js';
import { fullTime, seenTime, timeOf } from './times.js';

const rowKey = (event) => (event.clientMessageId
  ? `m-${event.authorId}-${event.clientMessageId}` : `e-${event.seq}`);

const isMine = (event) => event.authorId === session.user.id;

/**
 * A row for fillKeyed. `follows`: the message before is by the same author. `jump`: goes to a message by its seq;
 * null in a thread, where nothing is quoted and no replies are counted.
 */
export function messageRow(conversation, message, follows, jump) {
  const quotes = jump && message.replyTo;
  const quote = quotes ? quoted(conversation, message.replyTo) : null;
  for (const each of [message, quote]) if (each?.expiresAt) changeAt(each.expiresAt, 'conversation');
  const shown = {
    message,
    follows,
    author: nameOf(message.authorId),
    origin: message.forwardedFrom && nameOf(message.forwardedFrom.authorId),
    names: (message.mentions ?? []).map((mention) => mention.userId && nameOf(mention.userId)),
    quote: quotes ? quoteText(quote) : null,
    replies: jump && message.seq ? repliesOf(conversation, message.seq) : 0,
    receipt: receiptOf(conversation, message),
    editing: Boolean(message.seq) && view.editing === message.seq,
  };
  return {
    key: rowKey(message),
    shows: JSON.stringify(shown),
    make: () => makeRow(conversation, shown, jump),
  };
}

function quoteText(message) {
  if (!message) return 'An earlier message';
  if (message.unavailable || isGone(message)) return 'A message that is not here any more';
  return `${nameOf(message.authorId)}: ${saidBy(message)}`;
}

function makeRow(conversation, { message, follows, author, quote, replies, receipt, editing }, jump) {
  const classes = [
    isMine(message) ? 'mine' : 'theirs',
    follows ? 'follows' : 'first',
    message.failed && 'failed',
    message.deleted && 'deleted',
    mentionsMe(message) && 'mentions-me',
    editing && 'editing',
  ];
  return el('li', { class: classes.filter(Boolean).join(' '), 'data-seq': message.seq },
    avatar(message.authorId, author, 'small'),
    el('div', { class: 'bubble' },
      el('div', { class: follows || conversation.kind === 'DIRECT' ? 'author spoken' : 'author' }, author),
      quote === null || message.deleted ? null : el('button', {
        type: 'button', class: 'quote', dir: 'auto', title: 'Go to this message', on: { click: () => jump(message.replyTo) },
      }, quote),
      message.deleted
        ? el('div', { class: 'body' }, 'This message was deleted.')
        : el('div', { class: 'body', dir: 'auto' }, ...richText(message.text ?? '', message.mentions)),
      message.deleted ? null : forwarded(message),
      note(conversation, message, receipt),
      reactionChips(conversation, message),
      replies ? repliesButton(conversation, message, replies) : null),
    message.seq && !message.deleted ? actions(conversation, message) : null);
}

function repliesButton(conversation, message, replies) {
  return el('button', {
    type: 'button',
    class: 'replies',
    'data-focus': `replies-${message.seq}`,
    on: { click: () => openThread(conversation, message.seq).catch(complain) },
  }, replies === 1 ? '1 reply' : `${replies} replies`);
}

function note(conversation, message, receipt) {
  if (message.failed) {
    return el('span', { class: 'note' }, `Not sent: ${message.failed} `,
      el('button', { type: 'button', on: { click: () => retry(message) } }, 'Try again'),
      el('button', { type: 'button', on: { click: () => discard(message) } }, 'Discard'));
  }
  if (!message.seq) return el('span', { class: 'note' }, 'Sending …');
  const edited = message.editedAt && !message.deleted ? el('button', {
    type: 'button',
    class: 'edited',
    title: 'What it said before',
    'data-focus': `edited-${message.seq}`,
    on: { click: () => showVersions(conversation, message) },
  }, `edited ${timeOf(message.editedAt)}`) : null;
  return el('span', { class: 'note' },
    edited, edited ? ' · ' : null,
    el('time', { datetime: message.at, title: fullTime(message.at) }, timeOf(message.at)),
    receipt && ` · ${receipt}`,
    message.expiresAt && !message.deleted ? el('span', { class: 'expires', title: `Disappears ${fullTime(message.expiresAt)}` },
      ' · ⏱ ', el('span', { class: 'spoken' }, 'disappears at '), seenTime(message.expiresAt)) : null);
}

// One stop for the Tab key in each message: what the other button does is in the menu as well.
function actions(conversation, message) {
  const more = el('button', {
    type: 'button',
    class: 'quiet',
    'aria-haspopup': 'menu',
    'aria-label': `What to do with this message of ${timeOf(message.at)}`,
    title: 'More',
    'data-focus': `more-${message.seq}`,
    on: { click: () => openMessageMenu(more, conversation, message) },
  }, '⋯');
  const react = el('button', {
    type: 'button',
    class: 'quiet',
    tabindex: '-1',
    'aria-label': 'React',
    title: 'React',
    'data-focus': `react-${message.seq}`,
    on: { click: () => chooseReaction(react, conversation, message) },
  }, '☺');
  return el('div', { class: 'actions-of-message' }, react, more);
}
