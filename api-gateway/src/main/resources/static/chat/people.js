// Names, avatars, and how people appear.

import { api, el, session } from '../client.js';
import { changeAt } from './due.js';
import { changed } from './state.js';
import { seenTime } from './times.js';

const people = new Map();
const presences = new Map();

export function remember(user) {
  people.set(user.id, { ...people.get(user.id), ...user });
  return user;
}

export function forgetPeople() {
  people.clear();
  presences.clear();
}

/** @param self what the reader is called */
export function nameOf(userId, self = 'You') {
  if (userId === session?.user?.id) return self;
  const known = people.get(userId);
  if (known) return known.displayName || known.username || 'Someone';
  // Asked for once; what shows it is drawn again when the answer is there.
  remember({ id: userId, displayName: '…' });
  api('GET', `/users/${userId}`)
    .then(remember)
    .catch(() => remember({ id: userId, displayName: 'Someone' }))
    .finally(() => changed('people'));
  return '…';
}

export function titleOf(conversation) {
  if (conversation.kind !== 'DIRECT') return conversation.name || 'Group';
  return nameOf(conversation.otherUserId, 'Note to self');
}

/** Decoration: the name stands beside it. */
export function avatar(id, name, classes = '') {
  const initials = name.split(/\s+/).filter(Boolean).slice(0, 2).map((word) => [...word][0]).join('');
  const hue = [...id].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 8191, 7) % 8;
  return el('span', { class: `avatar hue-${hue} ${classes}`, 'aria-hidden': 'true' },
    initials.toUpperCase() || '?');
}

export const conversationAvatar = (conversation, classes = '') => avatar(
  conversation.otherUserId ?? conversation.id,
  titleOf(conversation),
  `${conversation.kind === 'GROUP' ? 'group' : ''} ${classes}`);

// ---- Presence --------------------------------------------------------------------------------

const WORDS = { online: 'Online', away: 'Away', dnd: 'Do not disturb', offline: 'Offline' };

/** Takes what a PRESENCE event tells; what is absent of a user is not there any more. */
export function appear(users) {
  users.forEach((user) => presences.set(user.userId, user));
  changed('people');
}

export const presenceOf = (userId) => presences.get(userId)?.presence;

export function presenceDot(userId) {
  const presence = userId === session?.user?.id ? null : presenceOf(userId);
  return presence && presence !== 'offline'
    ? el('span', { class: `dot ${presence}`, role: 'img', 'aria-label': WORDS[presence], title: WORDS[presence] })
    : null;
}

/** A line on how somebody appears: "Online", "Last seen 10:41", and the status. */
export function presenceText(userId) {
  const known = presences.get(userId);
  if (!known || userId === session?.user?.id) return '';
  const { status } = known;
  const told = known.presence === 'offline' && known.lastSeen ? `Last seen ${seenTime(known.lastSeen)}`
    : WORDS[known.presence] ?? '';
  if (status?.until) changeAt(status.until, 'people');
  const valid = status && (!status.until || new Date(status.until) > new Date());
  return valid ? `${told} · ${[status.emoji, status.text].filter(Boolean).join(' ')}` : told;
}
