// The pinned messages of the open conversation: a button above it, and the list behind that.

import { byId, complain, el } from '../client.js';
import { jumpTo } from './conversation-view.js';
import { may } from './groups.js';
import { nameOf } from './people.js';
import { loadPins, setPinned } from './pins.js';
import { openConversation, when } from './state.js';
import { fullTime } from './times.js';

const dialog = byId('pins-dialog');

when(['loaded', 'pins'], () => {
  const conversation = openConversation();
  if (conversation?.events) loadPins(conversation).catch(complain);
});
when(['opened', 'pinned', 'people'], draw);

async function draw() {
  const conversation = openConversation();
  const pins = conversation?.pins ?? [];
  byId('pins').hidden = !pins.length;
  byId('pins').textContent = `📌 ${pins.length}`;
  byId('pins').setAttribute('aria-label', `Pinned messages: ${pins.length}`);
  if (!pins.length) {
    dialog.close();
    return;
  }
  const mayPin = await may(conversation, 'pin');
  byId('pinned').replaceChildren(...pins.map((pin) => pinRow(conversation, pin, mayPin)));
}

function pinRow(conversation, pin, mayPin) {
  const { message } = pin;
  return el('li', {},
    el('button', {
      type: 'button',
      class: 'go',
      on: {
        click: () => {
          dialog.close();
          jumpTo(message.seq).catch(complain);
        },
      },
    },
    el('span', {}, `${nameOf(message.authorId)}, ${fullTime(message.at)}`),
    el('span', { dir: 'auto' }, message.text || message.forwardedFrom?.text || '')),
    mayPin ? el('button', {
      type: 'button', class: 'quiet', on: { click: () => setPinned(conversation, message.seq, false) },
    }, 'Unpin') : null);
}

byId('pins').addEventListener('click', () => dialog.showModal());
