// Passing a message on into another conversation.

import { api, byId, complain, el, say } from '../client.js';
import { avatar, nameOf, titleOf } from './people.js';
import { newId } from './scheduled.js';
import { conversations } from './state.js';
import { richText } from './text.js';
import { fullTime } from './times.js';

const dialog = byId('forward-dialog');

/** Asks where to, and sends it there. */
export function forward(conversation, message) {
  byId('forward-text').value = '';
  const targets = [...conversations.values()].sort((a, b) => titleOf(a).localeCompare(titleOf(b)));
  byId('forward-targets').replaceChildren(...targets.map((target) => el('li', {}, el('button', {
    type: 'button', on: { click: () => send(conversation, message, target).catch(complain) },
  }, avatar(target.otherUserId ?? target.id, titleOf(target), 'small'), el('span', { dir: 'auto' }, titleOf(target))))));
  dialog.showModal();
}

async function send(conversation, message, target) {
  const body = { clientMessageId: newId(), forward: { conversationId: conversation.id, seq: message.seq } };
  const text = byId('forward-text').value.trim();
  if (text) body.text = text;
  dialog.close();
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
