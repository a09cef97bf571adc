// Passing a message on into another conversation.

import { api, complain, el, say } from '../client.js';
import { ask, stopAsking } from './dialogs.js';
import { avatar, nameOf, titleOf } from './people.js';
import { newId } from './scheduled.js';
import { conversations } from './state.js';
import { richText } from './text.js';
import { fullTime } from './times.js';

/** Asks where to, and sends it there. */
export function forward(conversation, message) {
  const words = el('input', { maxlength: 4000, dir: 'auto', autocomplete: 'off' });
  const targets = [...conversations.values()].sort((a, b) => titleOf(a).localeCompare(titleOf(b)));
  ask({
    heading: 'Forward to',
    fields: [
      el('label', {}, 'With the words', words),
      el('ul', { class: 'people' }, ...targets.map((target) => el('li', {}, el('button', {
        type: 'button', on: { click: () => send(conversation, message, target, words.value.trim()).catch(complain) },
      }, avatar(target.otherUserId ?? target.id, titleOf(target), 'small'), el('span', { dir: 'auto' }, titleOf(target)))))),
    ],
  });
}

async function send(conversation, message, target, text) {
  const body = { clientMessageId: newId(), forward: { conversationId: conversation.id, seq: message.seq } };
  if (text) body.text = text;
  stopAsking();
  await api('POST', `/conversations/${target.id}/messages`, body);
  say(`Forwarded to ${titleOf(target)}.`);
}

/** What a message passes on, as an element; null if it passes nothing on. */
export function forwarded({ forwardedFrom }) {
  if (!forwardedFrom) return null;
  return el('blockquote', { class: 'forwarded' },
    el('cite', { title: fullTime(forwardedFrom.at) }, `Forwarded from ${nameOf(forwardedFrom.authorId, 'you')}`),
    el('div', { class: 'body', dir: 'auto' }, ...richText(forwardedFrom.text)));
}
