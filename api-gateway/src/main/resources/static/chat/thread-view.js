// The thread that is open beside the conversation: its messages, following it, and writing in it.

import { byId, complain, el, session } from '../client.js';
import { fillKeyed, focusOn } from './keyed.js';
import { messageRow } from './message-row.js';
import { sendMessage } from './sending.js';
import { isShown, pending, when } from './state.js';
import { closeThread, follow, markThreadRead, thread } from './threads.js';

const NEAR_BOTTOM = 80;
const MOST_LINES = 6;

const panel = byId('thread');
const list = byId('thread-messages');
const form = byId('thread-compose');
const text = byId('thread-text');
const also = byId('thread-also');

let shown = null;

when(['thread', 'people', 'conversation'], draw);

function draw() {
  panel.hidden = !thread;
  byId('chat').classList.toggle('in-thread', Boolean(thread));
  const key = thread && `${thread.conversation.id} ${thread.root}`;
  const isOther = key !== shown;
  shown = key;
  if (isOther) {
    list.replaceChildren();
    text.value = '';
    also.checked = false;
  }
  if (!thread) return;
  byId('thread-follow').textContent = thread.followed ? 'Following' : 'Follow';
  byId('thread-follow').setAttribute('aria-pressed', String(thread.followed));
  const atBottom = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_BOTTOM;
  fillKeyed(list, rows());
  if (isOther || atBottom) list.scrollTop = list.scrollHeight;
  if (isOther && matchMedia('(pointer: fine)').matches) text.focus();
}

function rows() {
  const { conversation, root, message, replies } = thread;
  const unsent = [...pending.values()].filter((each) => each.conversationId === conversation.id && each.replyTo === root);
  const all = [...[...replies.values()].sort((a, b) => a.seq - b.seq), ...unsent].filter(isShown);
  const count = all.filter((each) => each.seq && !each.deleted).length;
  const said = count === 1 ? '1 reply' : `${count} replies`;
  const begin = message && isShown(message) ? [row(conversation, message)]
    : [{ key: 'gone', shows: '', make: () => el('li', { class: 'members' }, 'The message that this began with is not here.') }];
  return [
    ...begin,
    { key: 'replies', shows: said, make: () => el('li', { class: 'members' }, said) },
    ...all.map((each) => row(conversation, each)),
  ];
}

// What a reply answers is not quoted here, and not counted again.
const row = (conversation, message) => messageRow(conversation, message, false, null);

function close() {
  const { root } = thread;
  closeThread();
  setTimeout(() => focusOn(`replies-${root}`));
}

byId('thread-close').addEventListener('click', close);
byId('thread-follow').addEventListener('click', () => follow(!thread.followed).catch(complain));
panel.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !event.defaultPrevented && !document.querySelector(':popover-open')) close();
});
document.addEventListener('visibilitychange', () => {
  if (session && thread) markThreadRead();
});
text.addEventListener('input', () => {
  text.rows = Math.min(MOST_LINES, text.value.split('\n').length);
});
text.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  if (!text.value.trim() || !thread) return;
  sendMessage(thread.conversation.id, text.value, thread.root, also.checked);
  text.value = '';
  text.rows = 1;
  also.checked = false;
  list.scrollTop = list.scrollHeight;
});
