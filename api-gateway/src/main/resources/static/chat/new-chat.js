// The dialogs in which one begins a conversation.

import { api, byId, complain, el, session } from '../client.js';
import { openDirect, openNotes, openWhenThere } from './conversations.js';
import { avatar, remember } from './people.js';

const QUIET_MS = 200;

const directDialog = byId('direct-dialog');
const groupDialog = byId('group-dialog');
const members = new Map();

const shownName = (user) => user.displayName || user.username;

/** Lists the people that a search finds; the latest search wins, however late an earlier one answers. */
function peopleSearch(dialog, choose) {
  const list = dialog.querySelector('.people');
  const search = dialog.querySelector('.search');
  let latest = 0;
  let timer = null;
  const find = async () => {
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
  };
  search.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => find().catch(complain), QUIET_MS);
  });
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') event.preventDefault();
  });
}

function drawMembers() {
  groupDialog.querySelector('.chosen').replaceChildren(...[...members.values()].map((user) => el('button', {
    type: 'button',
    'aria-label': `Remove ${shownName(user)}`,
    on: {
      click: () => {
        members.delete(user.id);
        drawMembers();
        groupDialog.querySelector('.search').focus();
      },
    },
  }, `${shownName(user)} ×`)));
}

function show(dialog) {
  dialog.querySelectorAll('input').forEach((input) => {
    input.value = '';
  });
  dialog.querySelector('.people').replaceChildren();
  members.clear();
  drawMembers();
  dialog.showModal();
}

async function createGroup() {
  const field = groupDialog.querySelector('[name=name]');
  const name = field.value.trim();
  if (!name) {
    field.focus();
    return;
  }
  const group = await api('POST', '/groups', { name, description: '', memberIds: [...members.keys()] });
  groupDialog.close();
  await openWhenThere(group.id);
}

peopleSearch(directDialog, (user) => {
  directDialog.close();
  openDirect(user.id).catch(complain);
});
peopleSearch(groupDialog, (user) => {
  members.set(user.id, user);
  drawMembers();
});
byId('note-to-self').addEventListener('click', () => {
  directDialog.close();
  openNotes().catch(complain);
});
byId('group-create').addEventListener('click', () => createGroup().catch(complain));
byId('new-direct').addEventListener('click', () => show(directDialog));
byId('new-group').addEventListener('click', () => show(groupDialog));
