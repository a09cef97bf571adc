// What one can do with a message.

import { api, byId, complain, el, session } from '../client.js';
import { markUnreadFrom } from './conversations.js';
import { may } from './groups.js';
import { copyLink } from './links.js';
import { isPinned, setPinned } from './pins.js';
import { openMenu } from './popup.js';
import { chooseReaction } from './reactions.js';
import { showReaders } from './receipts.js';
import { changed, view } from './state.js';
import { richText } from './text.js';
import { fullTime } from './times.js';

export async function openMessageMenu(button, conversation, message) {
  const mine = message.authorId === session.user.id;
  const [mayModerate, mayPin, mayWrite] = await Promise.all(
    ['moderate', 'pin', 'write'].map((permission) => may(conversation, permission)));
  const pinned = isPinned(conversation, message.seq);
  openMenu(button, 'This message', [
    mayWrite && { text: 'React …', action: () => chooseReaction(button, conversation, message) },
    mayWrite && { text: 'Reply', action: () => replyTo(message) },
    mine && mayWrite && { text: 'Edit', action: () => edit(message) },
    mayPin && { text: pinned ? 'Unpin' : 'Pin', action: () => setPinned(conversation, message.seq, !pinned) },
    mine && { text: 'Who has seen it …', action: () => showReaders(button, conversation, message) },
    { text: 'Copy link', action: () => copyLink(conversation.id, message.seq) },
    !mine && { text: 'Unread from here', action: () => markUnreadFrom(conversation, message.seq).catch(complain) },
    { text: 'Delete for me …', danger: true, action: () => remove(conversation, message, true) },
    (mine || mayModerate)
      && { text: 'Delete for everybody …', danger: true, action: () => remove(conversation, message, false) },
  ]);
}

function replyTo(message) {
  Object.assign(view, { replyTo: message.seq, editing: null });
  changed('compose', 'conversation');
}

function edit(message) {
  Object.assign(view, { replyTo: null, editing: message.seq });
  changed('compose', 'conversation');
}

async function remove(conversation, message, forMe) {
  const agreed = await confirmed(forMe
    ? 'Delete this message for yourself, on all your devices? Others still see it.'
    : 'Delete this message for everybody?');
  if (!agreed) return;
  api('DELETE', `/conversations/${conversation.id}/messages/${message.seq}${forMe ? '?for=me' : ''}`).catch(complain);
}

function confirmed(question) {
  const dialog = byId('confirm-dialog');
  byId('confirm-text').textContent = question;
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}

/** What a message has said before: for its author, and those who may delete it. */
export async function showVersions(conversation, message) {
  try {
    const page = await api('GET', `/conversations/${conversation.id}/messages/${message.seq}/versions`);
    byId('versions').replaceChildren(...page.items.map((version) => el('li', {},
      el('time', { datetime: version.at }, fullTime(version.at)),
      el('p', { class: 'body', dir: 'auto' }, ...richText(version.text)))));
    byId('versions-dialog').showModal();
  } catch (problem) {
    complain(problem);
  }
}
