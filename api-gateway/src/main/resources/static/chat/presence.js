// Who is there: whom this page watches, and how the reader wants to appear.

import { api, byId, el, onSubmit, session } from '../client.js';
import { changeAt } from './due.js';
import { groupOf } from './groups.js';
import { receiptsSwitched } from './receipts.js';
import { sendTo } from './socket.js';
import { changed, conversations, openConversation, view, when } from './state.js';
import { fullTime, seenTime } from './times.js';

const MOST_WATCHED = 200;
const QUIET_MS = 300;
const HOUR_MS = 3_600_000;
const SHOWS = { away: 'Away', dnd: 'Do not disturb', invisible: 'Invisible' };
const AUDIENCES = { everyone: 'everybody', contacts: 'your contacts', nobody: 'nobody' };

let watched = '';
let timer = null;

/** The privacy settings; null while they are not known, or the session may not have them. */
let privacy = null;

/** How the reader wants to appear: {show, status}. */
export let chosen = { show: 'auto' };

// ---- Others ----------------------------------------------------------------------------------

when(['inbox', 'opened', 'loaded'], () => {
  clearTimeout(timer);
  timer = setTimeout(() => watch().catch(() => {}), QUIET_MS);
});

// Of the open conversation first, then of the inbox from its top.
async function watch() {
  if (!session || !view.inboxLoaded) return;
  const open = openConversation();
  const members = open?.kind === 'GROUP' ? (await groupOf(open)).members.map((member) => member.id) : [];
  const inbox = [...conversations.values()]
    .sort((a, b) => String(b.lastActivityAt ?? '').localeCompare(String(a.lastActivityAt ?? '')))
    .map((conversation) => conversation.otherUserId);
  const userIds = [...new Set([open?.otherUserId, ...members, ...inbox])]
    .filter((id) => id && id !== session?.user.id)
    .slice(0, MOST_WATCHED)
    .sort();
  const list = userIds.join();
  if (list === watched) return;
  watched = list;
  sendTo('/app/presence/watch', { userIds });
}

/** A new connection watches nobody, and is in the foreground until it says otherwise. */
export function watchAnew() {
  watched = '';
  watch().catch(() => {});
  sayWhetherLookedAt();
  loadChosen().catch(() => {});
}

export function sayWhetherLookedAt() {
  sendTo('/app/session/presence', { state: document.hidden ? 'background' : 'foreground' });
}

// ---- Oneself ---------------------------------------------------------------------------------

const dialog = byId('presence-dialog');
const form = dialog.querySelector('form');

async function loadChosen() {
  takeChosen(await api('GET', '/users/me/presence'));
}

/** The reader has chosen, here or elsewhere. */
export function takeChosen({ show, status }) {
  chosen = { show, status };
  changed('me');
}

/** Of oneself, in a line: "Do not disturb · 📅 In a meeting, until 11:00". */
export function chosenText() {
  const { show, status } = chosen;
  if (status?.until) changeAt(status.until, 'me');
  const told = isOver(status) ? null
    : `${[status.emoji, status.text].filter(Boolean).join(' ')}${status.until ? `, until ${seenTime(status.until)}` : ''}`;
  return [SHOWS[show], told].filter(Boolean).join(' · ');
}

const isOver = (status) => !status || (status.until && new Date(status.until) <= new Date());

form.querySelectorAll('.audience').forEach((select) => select.append(...Object.entries(AUDIENCES).map(
  ([value, text]) => el('option', { value }, text))));

export function choosePresence() {
  const status = isOver(chosen.status) ? null : chosen.status;
  const { show, emoji, status: text, until } = form.elements;
  show.value = chosen.show;
  emoji.value = status?.emoji ?? '';
  text.value = status?.text ?? '';
  until.querySelector('[data-present]')?.remove();
  // As it is: whoever changes only another field keeps it.
  if (status?.until) until.append(el('option', { value: status.until, 'data-present': 'yes' }, fullTime(status.until)));
  until.value = status?.until ?? '';
  form.querySelector('.error').hidden = true;
  showPrivacy(null);
  api('GET', '/users/me/privacy').then(showPrivacy).catch(() => {});
  dialog.showModal();
}

function showPrivacy(settings) {
  privacy = settings;
  const { presence, lastSeen, readReceipts } = form.elements;
  for (const field of [presence, lastSeen, readReceipts]) field.disabled = !settings;
  presence.value = settings?.presence ?? 'everyone';
  lastSeen.value = settings?.lastSeen ?? 'everyone';
  readReceipts.checked = settings?.readReceipts ?? true;
}

onSubmit(form, async (fields) => {
  const text = fields.status.value.trim();
  const until = fields.until.value;
  const status = text ? {
    text,
    emoji: fields.emoji.value.trim() || undefined,
    until: Number(until) ? new Date(Date.now() + Number(until) * HOUR_MS).toISOString() : until || undefined,
  } : undefined;
  takeChosen(await api('PUT', '/users/me/presence', { show: fields.show.value, status }));
  if (privacy) await storePrivacy({
    ...privacy, presence: fields.presence.value, lastSeen: fields.lastSeen.value, readReceipts: fields.readReceipts.checked,
  });
  dialog.close();
});

async function storePrivacy(settings) {
  if (JSON.stringify(settings) === JSON.stringify(privacy)) return;
  await api('PUT', '/users/me/privacy', settings);
  if (settings.readReceipts !== privacy.readReceipts) receiptsSwitched(settings.readReceipts).catch(() => {});
}
