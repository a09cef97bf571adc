// The open conversation: its title, its messages, and who is typing.

import { byId, complain, el, say } from '../client.js';
import { loadBackTo, loadOlder } from './conversations.js';
import { lifeSetBy } from './disappearing.js';
import { fillKeyed } from './keyed.js';
import { messageRow } from './message-row.js';
import { conversationAvatar, nameOf, presenceDot, presenceText, titleOf } from './people.js';
import { isShown, openConversation, pending, view, when } from './state.js';
import { isInThreadOnly, openThread } from './threads.js';
import { dayOf, lifeText } from './times.js';

const NEAR_BOTTOM = 80;
const LIT_MS = 2_000;

const list = byId('messages');
const rows = byId('events');

let shownId = null;
let wasFilled = false;

const isAtBottom = () => list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_BOTTOM;

const toBottom = () => {
  list.scrollTop = list.scrollHeight;
};

when(['opened', 'conversation', 'people'], draw);
when(['opened', 'conversation', 'typing', 'people'], drawTyping);
when(['opened', 'conversation', 'people'], drawTitle);

function draw() {
  const conversation = openConversation();
  for (const id of ['title', 'messages']) byId(id).hidden = !conversation;
  byId('nothing-open').hidden = Boolean(conversation);
  byId('chat').classList.toggle('open', Boolean(conversation));
  if (!conversation) {
    shownId = null;
    rows.replaceChildren();
    return;
  }
  // Another conversation begins at its end, and is not read aloud from its beginning.
  const isOther = shownId !== conversation.id;
  if (isOther) rows.replaceChildren();
  rows.setAttribute('aria-live', isOther || !wasFilled ? 'off' : 'polite');
  shownId = conversation.id;
  wasFilled = Boolean(conversation.events);
  const stays = isOther || isAtBottom() || view.sent ? null : firstVisible();
  const before = stays?.getBoundingClientRect().top;
  view.sent = false;
  byId('older').hidden = conversation.atStart || !conversation.events?.size;
  fillKeyed(rows, allRows(conversation));
  if (stays?.isConnected) list.scrollTop += stays.getBoundingClientRect().top - before;
  else toBottom();
}

// What the reader looks at stays where it is when something comes in before it.
function firstVisible() {
  const top = list.getBoundingClientRect().top;
  return [...rows.children].find((row) => row.getBoundingClientRect().bottom > top) ?? null;
}

function allRows(conversation) {
  const events = [...(conversation.events?.values() ?? [])].sort((a, b) => a.seq - b.seq);
  const unsent = [...pending.values()].filter((message) => message.conversationId === conversation.id);
  const all = [];
  let day = null;
  let author = null;
  for (const event of [...events, ...unsent]) {
    if (event.type === 'MESSAGE' && (!isShown(event) || isInThreadOnly(event))) continue;
    const its = new Date(event.at).toDateString();
    if (its !== day) {
      const text = dayOf(event.at);
      all.push(plainRow(`d-${its}`, 'day', text));
      author = null;
      day = its;
    }
    if (event.type === 'MESSAGE') {
      all.push(messageRow(conversation, event, author === event.authorId, (seq) => jumpTo(seq).catch(complain)));
      author = event.authorId;
    } else {
      const text = event.type === 'PINNED' ? pinnedText(event) : membersText(conversation, event);
      all.push(plainRow(`e-${event.seq}`, 'members', text));
      author = null;
    }
  }
  return all;
}

const plainRow = (key, classes, text) => ({ key, shows: text, make: () => el('li', { class: classes, dir: 'auto' }, text) });

const pinnedText = (event) => `${nameOf(event.authorId)} ${event.pinned === false ? 'unpinned' : 'pinned'} a message`;

function membersText(conversation, event) {
  const named = (ids) => ids.map((id) => nameOf(id, 'you')).join(', ');
  const added = event.added ?? [];
  const removed = event.removed ?? [];
  const actor = event.actorId ? nameOf(event.actorId) : 'Someone';
  if (removed.length === 1 && removed[0] === event.actorId) return `${actor} left`;
  if (event.change === 'CREATED') {
    const others = added.filter((id) => id !== event.actorId);
    return `${actor} created the group${others.length ? ` with ${named(others)}` : ''}`;
  }
  if (added.length === 1 && added[0] === event.actorId) return `${actor} joined`;
  const parts = [];
  if (added.length) parts.push(`${actor} added ${named(added)}`);
  if (removed.length) parts.push(`${actor} removed ${named(removed)}`);
  const life = lifeSetBy(conversation, event);
  if (life !== undefined) parts.push(life ? `${actor} made new messages disappear after ${lifeText(life)}` : `${actor} made new messages stay`);
  return parts.join('; ') || 'The group has changed';
}

/** Brings a message of the open conversation into view, however far back it is. */
export async function jumpTo(seq) {
  const conversation = openConversation();
  const found = await loadBackTo(conversation, seq);
  const message = conversation.events.get(seq);
  if (message && isInThreadOnly(message)) {
    await openThread(conversation, message.threadRoot);
    return;
  }
  // What was loaded is drawn at the end of this turn.
  await new Promise((resolve) => setTimeout(resolve));
  const row = rows.querySelector(`[data-seq="${seq}"]`);
  if (!found || !row) {
    say('This message is not here any more, or too far back.');
    return;
  }
  row.scrollIntoView({ block: 'center' });
  row.classList.add('lit');
  setTimeout(() => row.classList.remove('lit'), LIT_MS);
  (row.querySelector('[data-focus^="more-"]') ?? list).focus({ preventScroll: true });
}

function drawTitle() {
  const conversation = openConversation();
  if (!conversation) return;
  byId('title-name').textContent = titleOf(conversation);
  const { otherUserId } = conversation;
  byId('title-note').textContent = conversation.kind === 'GROUP' ? 'Group' : presenceText(otherUserId);
  byId('title-avatar').replaceChildren(...[
    conversationAvatar(conversation), otherUserId ? presenceDot(otherUserId) : null].filter(Boolean));
}

function drawTyping() {
  const conversation = openConversation();
  const now = Date.now();
  const names = conversation
    ? [...conversation.typing].filter(([, until]) => until > now).map(([id]) => nameOf(id)) : [];
  byId('typing').hidden = !names.length;
  byId('typing').textContent = names.length > 2 ? 'Several people are typing …'
    : `${names.join(' and ')} ${names.length > 1 ? 'are' : 'is'} typing …`;
}

byId('older').addEventListener('click', () => loadOlder(openConversation()).catch(complain));
