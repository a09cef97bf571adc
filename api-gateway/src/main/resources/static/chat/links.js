// Links to messages: #<conversation>/<seq> behind the page's address.

import { say } from '../client.js';

const LINK = /^#([0-9a-f-]{36})\/([1-9]\d{0,15})$/;

export async function copyLink(conversationId, seq) {
  const link = `${location.origin}${location.pathname}#${conversationId}/${seq}`;
  try {
    await navigator.clipboard.writeText(link);
    say('The link is copied.');
  } catch {
    // Browsers let pages write there on https and localhost only.
    say(link);
  }
}

/** What the address names, once: {id, seq}, or null. */
export function takeLink() {
  const [, id, seq] = LINK.exec(location.hash) ?? [];
  if (!id) return null;
  history.replaceState(null, '', location.pathname);
  return { id, seq: Number(seq) };
}
