// All messages that the reader has saved, of whatever conversation.

import { byId, complain } from '../client.js';
import { jumpTo } from './conversation-view.js';
import { open } from './conversations.js';
import { Listing, line, listRow } from './dialogs.js';
import { changeAt } from './due.js';
import { nameOf, titleOf } from './people.js';
import { save, savedPage, unsave } from './saved.js';
import { conversations, view, when } from './state.js';
import { saidBy } from './text.js';
import { fullTime } from './times.js';

const listing = new Listing({
  heading: 'Saved messages',
  load: savedPage,
  row: savedRow,
  none: 'Nothing is saved yet. Save a message from its menu, and it is here on all your devices.',
  more: 'Saved before',
  most: 100,
});

when(['saved'], () => listing.reload());

function savedRow(item) {
  const { conversationId, seq, message, note } = item;
  const conversation = conversations.get(conversationId);
  if (message?.expiresAt) changeAt(message.expiresAt, 'saved');
  return listRow({
    key: `${conversationId}/${seq}`,
    title: conversation ? `${titleOf(conversation)}, ${fullTime(message?.at ?? item.savedAt)}` : fullTime(item.savedAt),
    lines: [
      line(message && conversation ? `${nameOf(message.authorId)}: ${saidBy(message)}` : 'You are not in its conversation any more.'),
      note ? line(`🔖 ${note}`, 'soft note') : null,
    ],
    go: message && conversation ? () => go(item).catch(complain) : null,
    actions: [
      message && { text: note ? 'Change the note' : 'Add a note', action: () => save(item, note ?? '') },
      { text: 'Remove', action: () => unsave(item) },
    ].filter(Boolean),
  });
}

async function go({ conversationId, seq }) {
  listing.close();
  if (view.openId !== conversationId) await open(conversationId);
  if (view.openId === conversationId) await jumpTo(seq);
}

byId('open-saved').addEventListener('click', () => listing.show());
