// What the reader sets for a conversation: for oneself alone whether it is muted, archived, pinned, marked as
// unread; for all, how long messages stay.

import { api, complain } from '../client.js';
import { close } from './conversations.js';
import { askLife } from './disappearing.js';
import { openMenu } from './popup.js';
import { changed, conversations, isMuted, view } from './state.js';
import { titleOf } from './people.js';

const HOUR_MS = 3_600_000;
// Muting that ends by nobody's clock.
const FOR_EVER = '9999-12-31T00:00:00Z';

const inHours = (hours) => new Date(Date.now() + hours * HOUR_MS).toISOString();

export function openConversationMenu(button, conversation) {
  const settings = conversation.settings ?? {};
  const mute = (text, until) => ({ text, action: () => change(conversation, { mutedUntil: until }) });
  openMenu(button, titleOf(conversation), [
    {
      text: 'Keep at the top',
      checked: Boolean(settings.pinned),
      action: () => change(conversation, { pinned: !settings.pinned }),
    },
    ...(isMuted(conversation) ? [mute('Unmute', null)] : [
      mute('Mute for an hour', inHours(1)), mute('Mute for a day', inHours(24)), mute('Mute', FOR_EVER)]),
    {
      text: settings.archived ? 'Take out of the archive' : 'Archive',
      action: () => change(conversation, { archived: !settings.archived }),
    },
    !settings.markedUnread && { text: 'Mark as unread', action: () => markUnread(conversation) },
    { text: 'Disappearing messages …', action: () => askLife(conversation) },
  ]);
}

async function change(conversation, settings) {
  try {
    const now = await api('PATCH', `/conversations/${conversation.id}/settings`, settings);
    const present = conversations.get(conversation.id);
    if (present && now.version > (present.settings?.version ?? 0)) present.settings = now;
    changed('inbox', 'conversation');
  } catch (problem) {
    complain(problem);
  }
}

// An open conversation would be read again at once.
async function markUnread(conversation) {
  if (view.openId === conversation.id) close();
  await change(conversation, { markedUnread: true });
}
