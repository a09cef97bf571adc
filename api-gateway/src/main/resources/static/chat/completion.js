// Completes mentions while one writes: after @ in a group, a list of members.

import { byId, el } from '../client.js';
import { findMembers, may } from './groups.js';
import { openConversation } from './state.js';

const MOST_SHOWN = 8;
// What may be a mention just before the caret: docs/api/websocket.md says where one begins.
const BEGUN = /(?:^|[^\p{L}\p{N}_.+\-@\\])@([\p{L}\p{N}_.-]{0,64})$/u;
const EVERYBODY = [
  { username: 'everyone', displayName: 'All of the group' },
  { username: 'here', displayName: 'All who are there now' },
];

const text = byId('text');
const list = byId('completions');

let found = [];
let at = 0;
let latest = 0;

const isOpen = () => !list.hidden;

function begun() {
  if (text.selectionStart !== text.selectionEnd) return null;
  return BEGUN.exec(text.value.slice(0, text.selectionStart))?.[1] ?? null;
}

/** Looks at what stands before the caret; the latest look wins, however late an earlier one ends. */
export async function lookForMention() {
  latest += 1;
  const mine = latest;
  const conversation = openConversation();
  const beginning = conversation?.kind === 'GROUP' ? begun() : null;
  if (beginning === null) {
    closeCompletions();
    return;
  }
  const members = await findMembers(conversation, beginning).catch(() => []);
  const all = await may(conversation, 'mention_everyone')
    ? EVERYBODY.filter((each) => each.username.startsWith(beginning.toLowerCase())) : [];
  if (mine !== latest) return;
  found = [...members, ...all].slice(0, MOST_SHOWN);
  at = 0;
  draw();
}

export function closeCompletions() {
  latest += 1;
  found = [];
  draw();
}

function draw() {
  list.hidden = !found.length;
  list.replaceChildren(...found.map((person, index) => el('li', {
    id: `completion-${index}`,
    role: 'option',
    'aria-selected': String(index === at),
    // Before the field loses the focus.
    on: { mousedown: (event) => { event.preventDefault(); choose(index); } },
  }, el('span', { dir: 'auto' }, person.displayName || person.username), el('span', { class: 'handle' }, `@${person.username}`))));
  if (isOpen()) text.setAttribute('aria-activedescendant', `completion-${at}`);
  else text.removeAttribute('aria-activedescendant');
}

function choose(index) {
  const caret = text.selectionStart;
  const from = caret - begun().length;
  text.setRangeText(`${found[index].username} `, from, caret, 'end');
  closeCompletions();
  text.dispatchEvent(new Event('input'));
}

/** Answers whether the key was one for the list. */
export function onCompletionKey(event) {
  if (!isOpen()) return false;
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    at = (at + (event.key === 'ArrowDown' ? 1 : found.length - 1)) % found.length;
    draw();
  } else if (event.key === 'Enter' || event.key === 'Tab') {
    choose(at);
  } else if (event.key === 'Escape') {
    closeCompletions();
  } else {
    return false;
  }
  event.preventDefault();
  return true;
}
