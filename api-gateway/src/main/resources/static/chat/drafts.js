// What the reader has begun to write, kept by the server for all devices of the reader.

import { api, complain } from '../client.js';
import { changed } from './state.js';

const QUIET_MS = 700;
const RETRY_MS = 5_000;

const NONE = { text: '', replyTo: null, at: '' };
const drafts = new Map();
const timers = new Map(); // of what is not stored yet
const saving = new Map();

/** As it stands in this tab: what was typed last, or stored last by another device. */
export const draftOf = (conversationId) => drafts.get(conversationId) ?? NONE;

// Times have as many digits as they need.
const isLater = (at, than) => at.replace('Z', '') > than.replace('Z', '');

/** Takes what was typed, and stores it when nothing more is typed for a moment. */
export function keepDraft(conversationId, text, replyTo = null) {
  const { text: before, replyTo: repliedTo, at } = draftOf(conversationId);
  if (text === before && replyTo === repliedTo) return;
  drafts.set(conversationId, { text, replyTo, at });
  // To what one replies without having written anything is nothing to keep.
  if (text || before) store(conversationId, text ? QUIET_MS : 0);
}

function store(conversationId, delay) {
  clearTimeout(timers.get(conversationId));
  timers.set(conversationId, setTimeout(() => save(conversationId), delay));
}

// One at a time, so that the last one typed is the last one stored.
async function save(conversationId) {
  if (saving.has(conversationId)) {
    store(conversationId, QUIET_MS);
    return;
  }
  timers.delete(conversationId);
  const { text, replyTo } = draftOf(conversationId);
  saving.set(conversationId, true);
  try {
    const stored = await api('PUT', `/conversations/${conversationId}/draft`, { text, replyTo });
    const now = draftOf(conversationId);
    drafts.set(conversationId, { ...now, at: stored.at });
    changed('inbox');
  } catch (problem) {
    if ((problem.status ?? 0) === 0 || problem.status === 429 || problem.status >= 500) store(conversationId, RETRY_MS);
    else if (text) complain(problem);
  } finally {
    saving.delete(conversationId);
  }
}

/** Stores at once what was typed: the page may be about to go. */
export function storeDrafts() {
  timers.forEach((timer, conversationId) => {
    clearTimeout(timer);
    save(conversationId);
  });
}

/** A draft was stored, perhaps by another device. What is just being typed here will be the later one. */
export function takeDraft({ conversationId, text, replyTo, at }) {
  if (timers.has(conversationId) || saving.has(conversationId)) return;
  if (!isLater(at, draftOf(conversationId).at)) return;
  drafts.set(conversationId, { text, replyTo: replyTo ?? null, at });
  changed('draft', 'inbox');
}

export async function loadDrafts() {
  const seen = new Set();
  let cursor = null;
  do {
    const page = await api('GET', `/users/me/drafts?limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
    for (const draft of page.items) {
      takeDraft(draft);
      seen.add(draft.conversationId);
    }
    cursor = page.next;
  } while (cursor);
  // Cleared elsewhere while this page had no connection.
  for (const [id, { text, at }] of drafts) {
    if (text && !seen.has(id) && !timers.has(id) && !saving.has(id)) drafts.set(id, { ...NONE, at });
  }
  changed('draft', 'inbox');
}

export function forgetDrafts() {
  timers.forEach(clearTimeout);
  timers.clear();
  drafts.clear();
}
