// All threads that the reader follows: a button with what is unread, and the list behind it.

import { byId, complain, el } from '../client.js';
import { open } from './conversations.js';
import { nameOf, titleOf } from './people.js';
import { conversations, openConversation, view, when } from './state.js';
import { followedThreads, openThread, unreadThreads } from './threads.js';
import { fullTime } from './times.js';

const dialog = byId('threads-dialog');
const list = byId('threads');

let next = null;
let loading = 0;

when(['threads'], () => {
  const { items, more } = unreadThreads;
  const mentions = items.reduce((sum, thread) => sum + thread.mentions, 0);
  const count = more ? `${items.length}+` : String(items.length);
  byId('open-threads').replaceChildren('Threads', ...(items.length ? [' ', el('span', {
    class: mentions ? 'badge mention' : 'badge',
  }, el('span', { class: 'spoken' }, 'unread: '), count)] : []));
  if (dialog.open) load();
});

async function load(cursor = null) {
  loading += 1;
  const mine = loading;
  try {
    const page = await followedThreads(cursor);
    if (mine !== loading) return;
    const rows = page.items.filter((thread) => conversations.has(thread.conversationId)).map(threadRow);
    if (!cursor) list.replaceChildren();
    list.append(...rows);
    if (!list.children.length) list.append(el('li', {}, 'You follow no threads yet. Reply to a message, and its thread is here.'));
    next = page.next;
    byId('more-threads').hidden = !next;
  } catch (problem) {
    complain(problem);
  }
}

const textOf = (message) => (message?.deleted ? 'This message was deleted.' : message?.text ?? '');

function threadRow(thread) {
  const { root, lastReply } = thread;
  return el('li', {}, el('button', {
    type: 'button',
    class: 'go',
    on: { click: () => go(thread).catch(complain) },
  },
  el('span', { dir: 'auto' }, `${titleOf(conversations.get(thread.conversationId))}, ${fullTime(lastReply?.at ?? root?.at)}`),
  el('span', { dir: 'auto' }, root ? `${nameOf(root.authorId)}: ${textOf(root)}` : 'An earlier message'),
  lastReply ? el('span', { class: 'last', dir: 'auto' }, `↳ ${nameOf(lastReply.authorId)}: ${textOf(lastReply)}`) : null),
  thread.unread ? el('span', { class: thread.mentions ? 'badge mention' : 'badge' },
    el('span', { class: 'spoken' }, 'unread: '), String(thread.unread)) : null);
}

async function go(thread) {
  dialog.close();
  if (view.openId !== thread.conversationId) await open(thread.conversationId);
  if (view.openId === thread.conversationId) await openThread(openConversation(), thread.threadRoot);
}

byId('open-threads').addEventListener('click', () => {
  list.replaceChildren();
  dialog.showModal();
  load();
});
byId('more-threads').addEventListener('click', () => load(next));
