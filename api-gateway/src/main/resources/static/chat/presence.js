// Who is there: whom this page watches, and how the reader wants to appear.

import { api, byId, onSubmit, session } from '../client.js';
import { groupOf } from './groups.js';
import { sendTo } from './socket.js';
import { changed, conversations, openConversation, view, when } from './state.js';

const MOST_WATCHED = 200;
const QUIET_MS = 300;

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

export function choosePresence() {
  form.elements.show.value = chosen.show;
  form.elements.emoji.value = chosen.status?.emoji ?? '';
  form.elements.status.value = chosen.status?.text ?? '';
  form.elements.hours.value = '';
  form.querySelector('.error').hidden = true;
  showPrivacy(null);
  api('GET', '/users/me/privacy').then(showPrivacy).catch(() => {});
  dialog.showModal();
}

function showPrivacy(settings) {
  privacy = settings;
  form.elements.readReceipts.disabled = !settings;
  form.elements.readReceipts.checked = settings?.readReceipts ?? true;
}

onSubmit(form, async (fields) => {
  const text = fields.status.value.trim();
  const hours = Number(fields.hours.value);
  const status = text ? {
    text,
    emoji: fields.emoji.value.trim() || undefined,
    until: hours ? new Date(Date.now() + hours * 3_600_000).toISOString() : undefined,
  } : undefined;
  takeChosen(await api('PUT', '/users/me/presence', { show: fields.show.value, status }));
  const readReceipts = fields.readReceipts.checked;
  if (privacy && readReceipts !== privacy.readReceipts) {
    await api('PUT', '/users/me/privacy', { ...privacy, readReceipts });
    changed('loaded');
  }
  dialog.close();
});
