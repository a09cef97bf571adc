// All threads that the reader follows: a button with what is unread, and the list behind it.

import { byId, complain, el } from '../client.js';
import { open } from './conversations.js';
import { Listing, line, listRow } from './dialogs.js';
import { changeAt } from './due.js';
import { nameOf, titleOf } from './people.js';
import { conversations, openConversation, view, when } from './state.js';
import { saidBy } from './text.js';
import { followedThreads, openThread, unreadThreads } from './threads.js';
import { fullTime } from './times.js';

const listing = new Listing({
  heading: 'Threads that you follow',
  load: async (cursor, limit) => {
    const page = await followedThreads(cursor, limit);
    return { ...page, items: page.items.filter((thread) => conversations.has(thread.conversationId)) };
  },
  row: threadRow,
  none: 'You follow no threads yet. Reply to a message, and its thread is here.',
  more: 'Older threads',
});

when(['threads'], () => {
  const { items, more } = unreadThreads;
  const mentions = items.reduce((sum, thread) => sum + thread.mentions, 0);
  const count = more ? `${items.length}+` : String(items.length);
  byId('open-threads').replaceChildren('Threads', ...(items.length ? [' ', badge(mentions, count)] : []));
  listing.reload();
});

const badge = (mentions, count) => el('span', { class: mentions ? 'badge mention' : 'badge' },
  el('span', { class: 'spoken' }, 'unread: '), count);

function threadRow(thread) {
  const { conversationId, threadRoot, root, lastReply, mentions, unread } = thread;
  for (const each of [root, lastReply]) if (each?.expiresAt) changeAt(each.expiresAt, 'threads');
  return listRow({
    key: `${conversationId}/${threadRoot}`,
    title: `${titleOf(conversations.get(conversationId))}, ${fullTime(lastReply?.at ?? root?.at)}`,
    lines: [
      line(root ? `${nameOf(root.authorId)}: ${saidBy(root)}` : 'An earlier message'),
      lastReply ? line(`↳ ${nameOf(lastReply.authorId)}: ${saidBy(lastReply)}`, 'soft') : null,
    ],
    go: () => go(thread).catch(complain),
    badge: unread ? badge(mentions, String(unread)) : null,
  });
}

async function go(thread) {
  listing.close();
  if (view.openId !== thread.conversationId) await open(thread.conversationId);
  if (view.openId === thread.conversationId) await openThread(openConversation(), thread.threadRoot);
}

byId('open-threads').addEventListener('click', () => listing.show());
