// The pinned messages of the open conversation: a button above it, and the list behind that.

import { byId, complain } from '../client.js';
import { isGone } from '../parley/index.js';
import { jumpTo } from './conversation-view.js';
import { Listing, line, listRow } from './dialogs.js';
import { changeAt } from './due.js';
import { may } from './groups.js';
import { nameOf } from './people.js';
import { loadPins, setPinned } from './pins.js';
import { byNow, openConversation, when } from './state.js';
import { saidBy } from './text.js';
import { fullTime } from './times.js';

let mayPin = false;

const listing = new Listing({ heading: 'Pinned messages', load, row: pinRow });

when(['loaded', 'pins'], () => {
  const conversation = openConversation();
  if (conversation?.events) loadPins(conversation).catch(complain);
});
when(['opened', 'pinned'], draw);

const pinsOfOpen = () => (openConversation()?.pins ?? []).filter(({ message }) => !isGone(byNow(message)));

function draw() {
  const pins = pinsOfOpen();
  pins.forEach(({ message }) => message.expiresAt && changeAt(message.expiresAt, 'pinned'));
  byId('pins').hidden = !pins.length;
  byId('pins').textContent = `📌 ${pins.length}`;
  byId('pins').setAttribute('aria-label', `Pinned messages: ${pins.length}`);
  listing.reload();
}

async function load() {
  const conversation = openConversation();
  mayPin = Boolean(conversation) && await may(conversation, 'pin');
  return { items: pinsOfOpen() };
}

function pinRow({ message }) {
  return listRow({
    key: String(message.seq),
    title: `${nameOf(message.authorId)}, ${fullTime(message.at)}`,
    lines: [line(saidBy(message))],
    go: () => {
      listing.close();
      jumpTo(message.seq).catch(complain);
    },
    actions: mayPin ? [{ text: 'Unpin', action: () => setPinned(openConversation(), message.seq, false) }] : [],
  });
}

byId('pins').addEventListener('click', () => listing.show());
