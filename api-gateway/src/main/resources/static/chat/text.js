// The text of a message as nodes: people's names where they are mentioned, links as links, and nothing
// as markup.

import { el, session } from '../client.js';
import { isGone } from '../parley/index.js';
import { nameOf } from './people.js';
import { byNow } from './state.js';

const ADDRESS = /https?:\/\/[^\s<>"]+/giu;

/** What a message says, in a line without links. */
export function saidBy(message) {
  const { deleted, text, forwardedFrom } = byNow(message);
  if (deleted) return 'This message was deleted.';
  return isGone(byNow(message)) ? 'A message that is not here any more' : text || forwardedFrom?.text || '';
}

/** Whether somebody says this to the reader, by name or to all. */
export const mentionsMe = (event) => event.authorId !== session.user.id
  && (event.mentions ?? []).some((mention) => mention.all || mention.userId === session.user.id);

/**
 * @param mentions ranges of the text, in UTF-16 units; what overlaps or is outside is passed over
 * @return nodes
 */
export function richText(text, mentions = []) {
  const nodes = [];
  let done = 0;
  for (const mention of [...mentions].sort((a, b) => a.start - b.start)) {
    const end = mention.start + mention.length;
    if (mention.start < done || end > text.length) continue;
    nodes.push(...withLinks(text.slice(done, mention.start)), mentionNode(mention, text.slice(mention.start, end)));
    done = end;
  }
  nodes.push(...withLinks(text.slice(done)));
  return nodes;
}

// The name that somebody has now, by the id: the username in the text may be another's by today.
function mentionNode(mention, written) {
  const own = mention.all || mention.userId === session.user.id;
  const name = own ? written : `@${nameOf(mention.userId)}`;
  return el(own ? 'mark' : 'span', { class: 'mention', dir: 'auto', title: mention.all ? null : written }, name);
}

function withLinks(text) {
  const nodes = [];
  let done = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimmed(match[0]);
    const url = parsed(address);
    if (!url) continue;
    nodes.push(text.slice(done, match.index), link(url, address));
    done = match.index + address.length;
  }
  nodes.push(text.slice(done));
  return nodes.filter((node) => node !== '');
}

function parsed(address) {
  try {
    const url = new URL(address);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url : null;
  } catch {
    return null;
  }
}

// A message of this server opens in this page.
function link(url, address) {
  const here = url.origin === location.origin && url.pathname === location.pathname && url.hash.includes('/');
  return el('a', {
    href: url.href,
    rel: 'noopener noreferrer',
    target: here ? null : '_blank',
  }, address);
}

// What ends a sentence belongs to it, and so does a bracket that was opened before the address.
function trimmed(address) {
  let kept = address;
  for (;;) {
    const last = kept.at(-1);
    const closes = last === ')' && count(kept, ')') > count(kept, '(');
    if (!closes && !'.,;:!?\'"…]}»”’'.includes(last)) return kept;
    kept = kept.slice(0, -1);
  }
}

const count = (text, character) => text.split(character).length - 1;
