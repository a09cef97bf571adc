// The reader's messages that are sent later: those of the open conversation behind a button above it,
// and when they are sent.

import { api, byId, complain, el, say } from '../client.js';
import { Listing, ask, line, listRow } from './dialogs.js';
import { openConversation, view, when } from './state.js';
import { fullTime } from './times.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const listing = new Listing({ heading: 'Scheduled messages', load: () => ({ items: ofOpen() }), row });

/** id -> what is waiting, being sent, or has failed; of all conversations that were opened. */
const messages = new Map();
// Of what was sent or cancelled: a page that was asked for before says otherwise.
const ended = new Map();

const isListed = (message) => ['waiting', 'sending', 'failed'].includes(message.state);

when(['opened'], () => load().catch(complain));

async function load() {
  const id = view.openId;
  draw();
  if (!id) return;
  let cursor = null;
  do {
    const page = await api('GET', `/conversations/${id}/scheduled?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
    page.items.forEach(take);
    cursor = page.next;
  } while (cursor);
  draw();
}

function take(message) {
  const known = messages.get(message.id)?.version ?? ended.get(message.id) ?? 0;
  if (message.version <= known) return false;
  if (isListed(message)) {
    messages.set(message.id, message);
  } else {
    messages.delete(message.id);
    ended.set(message.id, message.version);
  }
  return true;
}

/** A SCHEDULED event: one of one's devices, or the server, has done something with it. */
export function takeScheduled(event) {
  if (!take(event)) return;
  draw();
  if (event.state === 'failed') say(`A scheduled message was not sent: ${event.detail}`);
}

export function forgetScheduled() {
  messages.clear();
  ended.clear();
}

function ofOpen() {
  return [...messages.values()]
    .filter((message) => message.conversationId === view.openId)
    .sort((a, b) => new Date(a.at) - new Date(b.at));
}

function draw() {
  const all = ofOpen();
  byId('scheduled').hidden = !all.length;
  byId('scheduled').textContent = `🕒 ${all.length}`;
  byId('scheduled').setAttribute('aria-label', `Scheduled messages: ${all.length}`);
  listing.reload();
}

function row(message) {
  const path = `/conversations/${message.conversationId}/scheduled/${message.id}`;
  const act = (text, change) => ({
    text, action: () => change().then((now) => now && takeScheduled(now)).catch(complain),
  });
  return listRow({
    key: message.id,
    title: fullTime(message.at),
    lines: [
      line(message.text ?? ''),
      message.state === 'failed' ? line(`Not sent: ${message.detail}`, 'error') : null,
      message.state === 'sending' ? line('Sending …', 'soft') : null,
    ],
    actions: message.state === 'sending' ? [] : [
      act('Send now', () => api('POST', `${path}/send`)),
      act('Change time', async () => {
        const at = await askTime(new Date(message.at));
        return at ? api('PATCH', path, { at }) : null;
      }),
      act('Cancel', () => api('DELETE', path)),
    ],
  });
}

// datetime-local speaks of the reader's own clock, without a zone.
function localTime(date) {
  return new Date(date.getTime() - date.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 16);
}

/** Answers when, or null. */
async function askTime(suggested) {
  const soonest = new Date(Date.now() + MINUTE_MS);
  const field = el('input', {
    type: 'datetime-local', min: localTime(soonest), value: localTime(suggested > soonest ? suggested : soonest), required: true,
  });
  const agreed = await ask({ heading: 'Send later', fields: [el('label', {}, 'When', field)], yes: 'Schedule' });
  return agreed ? new Date(field.value).toISOString() : null;
}

/** Asks when, and stores it to be sent then; answers whether it was. */
export async function schedule(text, replyTo) {
  const conversation = openConversation();
  const at = await askTime(new Date(Date.now() + HOUR_MS));
  if (!at) return false;
  const message = { clientMessageId: newId(), text, at };
  if (replyTo) message.replyTo = replyTo;
  takeScheduled(await api('POST', `/conversations/${conversation.id}/scheduled`, message));
  return true;
}

/** A name for a message. crypto.randomUUID exists on https and localhost only. */
export function newId() {
  return crypto.randomUUID ? crypto.randomUUID()
    : Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
}

byId('scheduled').addEventListener('click', () => listing.show());
