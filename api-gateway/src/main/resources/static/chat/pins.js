// Which messages of a conversation are pinned.

import { api, complain } from '../client.js';
import { changed } from './state.js';

/** Asks which are; they stand in `conversation.pins`, the last pinned first. */
export async function loadPins(conversation) {
  const page = await api('GET', `/conversations/${conversation.id}/pins`);
  conversation.pins = page.items;
  changed('pinned');
}

export const isPinned = (conversation, seq) => (conversation.pins ?? []).some((pin) => pin.message.seq === seq);

export async function setPinned(conversation, seq, pinned) {
  try {
    await api(pinned ? 'PUT' : 'DELETE', `/conversations/${conversation.id}/pins/${seq}`);
    await loadPins(conversation);
  } catch (problem) {
    complain(problem);
  }
}
