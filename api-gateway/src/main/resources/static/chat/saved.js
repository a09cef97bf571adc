// The messages that the reader has saved: which they are, asked for when that matters first, and kept up by events.

import { api, complain, el } from '../client.js';
import { ask } from './dialogs.js';
import { changed } from './state.js';

const LONG_PAGE = 100;
const LONGEST_NOTE = 500;

const keyOf = ({ conversationId, seq }) => `${conversationId}/${seq}`;

/** A promise of key -> note, while it is known. */
let known = null;

/** A page, the last saved first, with the messages as they are now. */
export const savedPage = (cursor, limit) => api('GET',
  `/users/me/saved?limit=${limit}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);

async function load() {
  const notes = new Map();
  let cursor = null;
  do {
    const page = await savedPage(cursor, LONG_PAGE);
    page.items.forEach((item) => notes.set(keyOf(item), item.note ?? ''));
    cursor = page.next;
  } while (cursor);
  return notes;
}

/** The note of a message; undefined when it is not saved. */
export async function noteOf(place) {
  const asked = known ??= load();
  try {
    return (await asked).get(keyOf(place));
  } catch (problem) {
    if (known === asked) known = null;
    throw problem;
  }
}

/** A SAVED event: a message was saved, or its note is another. */
export async function takeSaved(event) {
  changed('saved');
  (await known)?.set(keyOf(event), event.note ?? '');
}

export async function takeUnsaved(event) {
  changed('saved');
  (await known)?.delete(keyOf(event));
}

/** What may have been missed is asked for again, when that matters. */
export function forgetSaved() {
  known = null;
  changed('saved');
}

/** Asks for a note, and saves the message with it. */
export async function save(place, note) {
  const field = el('textarea', { rows: 3, maxlength: LONGEST_NOTE, dir: 'auto', placeholder: 'For yourself alone' });
  field.value = note ?? '';
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    field.form.requestSubmit(field.form.querySelector('[value=yes]'));
  });
  const agreed = await ask({
    heading: note === undefined ? 'Save this message' : 'Note of the saved message',
    fields: [el('label', {}, 'Note', field)],
    yes: 'Save',
  });
  if (agreed) await store('PUT', place, { note: field.value.trim() });
}

export const unsave = (place) => store('DELETE', place);

async function store(method, place, body) {
  try {
    const now = await api(method, `/users/me/saved/${keyOf(place)}`, body);
    await (now ? takeSaved(now) : takeUnsaved(place));
  } catch (problem) {
    complain(problem);
  }
}
