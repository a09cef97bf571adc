// What one can do with a message.

import { api, complain, el, session } from '../client.js';
import { isGone } from '../parley/index.js';
import { markUnreadFrom } from './conversations.js';
import { Listing, ask, listRow } from './dialogs.js';
import { forward } from './forward.js';
import { may } from './groups.js';
import { copyLink } from './links.js';
import { isPinned, setPinned } from './pins.js';
import { openMenu } from './popup.js';
import { chooseReaction } from './reactions.js';
import { showReaders } from './receipts.js';
import { noteOf, save, unsave } from './saved.js';
import { byNow, changed, view, when } from './state.js';
import { richText } from './text.js';
import { openThread } from './threads.js';
import { fullTime } from './times.js';

export async function openMessageMenu(button, conversation, message) {
  const mine = message.authorId === session.user.id;
  const place = { conversationId: conversation.id, seq: message.seq };
  const [note, mayModerate, mayPin, mayWrite] = await Promise.all([
    noteOf(place).catch(complain),
    ...['moderate', 'pin', 'write'].map((permission) => may(conversation, permission))]);
  const pinned = isPinned(conversation, message.seq);
  openMenu(button, 'This message', [
    mayWrite && { text: 'React …', action: () => chooseReaction(button, conversation, message) },
    mayWrite && { text: 'Reply', action: () => replyTo(message) },
    { text: 'Thread', action: () => openThread(conversation, message.threadRoot ?? message.seq).catch(complain) },
    { text: 'Forward …', action: () => forward(conversation, message) },
    mine && mayWrite && { text: 'Edit', action: () => edit(message) },
    mayPin && { text: pinned ? 'Unpin' : 'Pin', action: () => setPinned(conversation, message.seq, !pinned) },
    { text: note === undefined ? 'Save …' : 'Note …', action: () => save(place, note) },
    note !== undefined && { text: 'Unsave', action: () => unsave(place) },
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
  const agreed = await ask({
    heading: forMe ? 'Delete this message for yourself?' : 'Delete this message for everybody?',
    fields: forMe ? [el('p', {}, 'It goes from all your devices. Others still see it.')] : [],
    yes: 'Delete',
    danger: true,
  });
  if (!agreed) return;
  api('DELETE', `/conversations/${conversation.id}/messages/${message.seq}${forMe ? '?for=me' : ''}`).catch(complain);
}

/** What a message has said before: for its author, and those who may delete it. */
export function showVersions(conversation, message) {
  versionsOf = { conversation, seq: message.seq };
  versions.show();
}

let versionsOf = null;

const versions = new Listing({
  heading: 'What the message has said',
  load: () => api('GET', `/conversations/${versionsOf.conversation.id}/messages/${versionsOf.seq}/versions`),
  row: (version) => listRow({
    key: String(version.seq),
    title: fullTime(version.at),
    lines: [el('span', { class: 'body', dir: 'auto' }, ...richText(version.text))],
  }),
});

// When the message goes, so does what it has said.
when(['conversation'], () => {
  const message = versions.isOpen && versionsOf.conversation.events?.get(versionsOf.seq);
  if (message && isGone(byNow(message))) versions.close();
});
