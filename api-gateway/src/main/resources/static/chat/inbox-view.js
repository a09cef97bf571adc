// The list of conversations.

import { byId, el, session } from '../client.js';
import { openConversationMenu } from './conversation-menu.js';
import { draftOf } from './drafts.js';
import { changeAt } from './due.js';
import { fillKeyed } from './keyed.js';
import { conversationAvatar, nameOf, presenceDot, presenceOf, titleOf } from './people.js';
import { changed, conversations, isMuted, view, when } from './state.js';
import { shortTime } from './times.js';

const MOST_COUNTED = 99;

/** @param choose called with the id of the conversation that is chosen */
export function drawInbox(choose) {
  when(['inbox', 'people', 'opened'], () => draw(choose));
  byId('archive').addEventListener('click', () => {
    view.archive = !view.archive;
    changed('inbox');
  });
}

// Kept at the top first, in their order; then by what was said last.
function compare(a, b) {
  const pinned = Number(Boolean(b.settings?.pinned)) - Number(Boolean(a.settings?.pinned));
  if (pinned) return pinned;
  const order = a.settings?.pinned ? (a.settings.order ?? Infinity) - (b.settings.order ?? Infinity) : 0;
  return order || String(b.lastActivityAt ?? '').localeCompare(String(a.lastActivityAt ?? ''));
}

function draw(choose) {
  const all = [...conversations.values()].sort(compare);
  const archived = all.filter((conversation) => conversation.settings?.archived);
  if (!archived.length) view.archive = false;
  const items = view.archive ? archived : all.filter((conversation) => !conversation.settings?.archived);
  const unread = all.filter((each) => !isMuted(each)).reduce((sum, each) => sum + each.unread, 0);
  document.title = unread ? `(${unread}) Parley` : 'Parley';
  byId('archive').hidden = !archived.length;
  byId('archive').textContent = view.archive ? '← All conversations' : `Archived (${archived.length})`;
  const none = archived.length ? 'All conversations are archived.' : view.inboxLoaded ? 'No conversations yet.' : 'Loading …';
  fillKeyed(byId('inbox'), items.length
    ? items.map((conversation) => inboxRow(conversation, choose))
    : [{ key: 'none', shows: none, make: () => el('li', { class: 'empty' }, none) }]);
}

function lastText(conversation) {
  const draft = draftOf(conversation.id);
  if (draft.text.trim() && conversation.id !== view.openId) return { draft: true, text: draft.text };
  const last = conversation.lastMessage;
  if (!last) return { text: 'Nothing said yet' };
  if (last.hidden) return { text: '' };
  if (last.deleted) return { text: 'Message deleted' };
  if (last.expired) return { text: 'Message disappeared' };
  const author = last.authorId === session.user.id ? 'You: '
    : conversation.kind === 'GROUP' ? `${nameOf(last.authorId)}: ` : '';
  return { text: author + last.text };
}

function inboxRow(conversation, choose) {
  const { settings } = conversation;
  if (isMuted(conversation)) changeAt(settings.mutedUntil, 'inbox');
  const shown = {
    id: conversation.id,
    name: titleOf(conversation),
    last: lastText(conversation),
    time: conversation.lastActivityAt ? shortTime(conversation.lastActivityAt) : '',
    unread: conversation.unread,
    mentions: conversation.mentions ?? 0,
    marked: Boolean(settings?.markedUnread),
    muted: isMuted(conversation),
    pinned: Boolean(settings?.pinned),
    open: conversation.id === view.openId,
    presence: presenceOf(conversation.otherUserId),
  };
  return { key: conversation.id, shows: JSON.stringify(shown), make: () => makeRow(conversation, shown, choose) };
}

const counted = (count) => (count > MOST_COUNTED ? `${MOST_COUNTED}+` : String(count));

function badges({ unread, mentions, marked, muted }) {
  return el('span', { class: 'badges' },
    mentions ? el('span', { class: 'badge mention', title: 'Mentions of you' },
      '@', el('span', { class: 'spoken' }, ' mentions of you: '), counted(mentions)) : null,
    unread ? el('span', { class: muted ? 'badge muted' : 'badge', title: 'Unread' },
      el('span', { class: 'spoken' }, 'unread: '), counted(unread)) : null,
    marked && !unread ? el('span', { class: 'badge', title: 'Marked as unread' },
      el('span', { class: 'spoken' }, 'marked as unread')) : null);
}

function makeRow(conversation, shown, choose) {
  const { id, name, last, time, muted, pinned, open } = shown;
  const face = el('span', { class: 'face' },
    conversationAvatar(conversation), conversation.otherUserId ? presenceDot(conversation.otherUserId) : null);
  const menu = el('button', {
    type: 'button',
    class: 'quiet menu-button',
    'aria-haspopup': 'menu',
    'aria-label': `What to do with ${name}`,
    'data-focus': `menu-${id}`,
    on: { click: () => openConversationMenu(menu, conversation) },
  }, '⋯');
  return el('li', { class: open ? 'is-open' : null },
    el('button', {
      type: 'button',
      class: 'choose',
      'aria-current': open ? 'true' : null,
      'data-focus': `choose-${id}`,
      on: { click: () => choose(id) },
    },
    face,
    el('span', { class: 'name', dir: 'auto' }, name),
    el('span', { class: 'time' },
      pinned ? el('span', { title: 'At the top' }, '📌') : null,
      muted ? el('span', { title: 'Muted' }, '🔕') : null, time),
    el('span', { class: 'last', dir: 'auto' },
      last.draft ? el('span', { class: 'draft' }, 'Draft: ') : null, last.text),
    badges(shown)),
    menu);
}
