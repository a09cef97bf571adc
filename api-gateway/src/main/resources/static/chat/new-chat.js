// The dialog in which one begins a conversation, with somebody or as a group.

import { api, byId, complain, el, session } from '../client.js';
import { openDirect, openNotes, openWhenThere } from './conversations.js';
import { avatar, remember } from './people.js';

const QUIET_MS = 200;

const dialog = byId('people-dialog');
const form = dialog.querySelector('form');
const list = dialog.querySelector('.people');
const search = dialog.querySelector('.search');
const name = form.elements.name;
const members = new Map();

let isGroup = false;
let latest = 0;
let timer = null;

const shownName = (user) => user.displayName || user.username;

function show(group) {
  isGroup = group;
  byId('people-heading').textContent = isGroup ? 'New group' : 'New chat';
  for (const element of [name, dialog.querySelector('.chosen'), byId('group-create')]) element.hidden = !isGroup;
  byId('note-to-self').hidden = isGroup;
  search.placeholder = isGroup ? 'Add people' : 'Search people';
  search.setAttribute('aria-label', search.placeholder);
  form.reset();
  list.replaceChildren();
  members.clear();
  drawMembers();
  dialog.showModal();
}

// Lists the people that a search finds; the latest search wins, however late an earlier one answers.
async function find() {
  latest += 1;
  const mine = latest;
  const query = search.value.trim();
  const page = query ? await api('GET', `/users?query=${encodeURIComponent(query)}&limit=20`) : { items: [] };
  if (mine !== latest) return;
  const found = page.items.map(remember).filter((user) => user.id !== session.user.id);
  list.replaceChildren(...found.map((user) => el('li', {}, el('button', { type: 'button', on: { click: () => choose(user) } },
    avatar(user.id, shownName(user), 'small'),
    el('span', { dir: 'auto' }, shownName(user)),
    el('span', { class: 'handle' }, `@${user.username}`)))));
  if (query && !found.length) list.append(el('li', { class: 'none' }, 'Nobody found.'));
}

function choose(user) {
  if (isGroup) {
    members.set(user.id, user);
    drawMembers();
  } else {
    dialog.close();
    openDirect(user.id).catch(complain);
  }
}

function drawMembers() {
  dialog.querySelector('.chosen').replaceChildren(...[...members.values()].map((user) => el('button', {
    type: 'button',
    'aria-label': `Remove ${shownName(user)}`,
    on: {
      click: () => {
        members.delete(user.id);
        drawMembers();
        search.focus();
      },
    },
  }, `${shownName(user)} ×`)));
}

async function createGroup() {
  if (!name.value.trim()) {
    name.focus();
    return;
  }
  const group = await api('POST', '/groups', { name: name.value.trim(), description: '', memberIds: [...members.keys()] });
  dialog.close();
  await openWhenThere(group.id);
}

search.addEventListener('input', () => {
  clearTimeout(timer);
  timer = setTimeout(() => find().catch(complain), QUIET_MS);
});
search.addEventListener('keydown', (event) => {
  if (event.key === 'Enter') event.preventDefault();
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  if (isGroup) createGroup().catch(complain);
});
byId('note-to-self').addEventListener('click', () => {
  dialog.close();
  openNotes().catch(complain);
});
byId('new-direct').addEventListener('click', () => show(false));
byId('new-group').addEventListener('click', () => show(true));
