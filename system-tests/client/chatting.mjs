// One user of one conversation, with the reference client: ReferenceClientIT runs several of it, and ends some of them
// with SIGKILL. Orders come line by line: send, quiet, offline, online, report <seq>. What is told, line by line as
// well, is JSON: {"shown": n} for the own messages that the log shows, and the report.

import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const { ADDRESS, TOKEN, CONVERSATION, NAME, JOURNAL, PARLEY } = process.env;
const { Client, MemoryStore } = await import(PARLEY);

// Slow enough that who is away misses fewer events than a reset begins with.
const BETWEEN_MESSAGES_MS = 500;

/** Keeps what was written in a file, one line for each write. */
class JournalStore extends MemoryStore {
  written = new Set();

  async load() {
    for (const line of existsSync(JOURNAL) ? readFileSync(JOURNAL, 'utf8').split('\n') : []) {
      const change = parsed(line);
      if (change) await this.#take(change);
    }
    return super.load();
  }

  async write(change) {
    appendFileSync(JOURNAL, `\n${JSON.stringify(change)}`);
    await this.#take(change);
  }

  #take(change) {
    change.outgoing?.forEach((outgoing) => this.written.add(outgoing.text));
    return super.write(change);
  }
}

// A line that was cut off by the end of the process was not written.
function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

const store = new JournalStore();
const client = new Client({ address: ADDRESS, token: async () => ({ accessToken: TOKEN }), store });

const tell = (object) => console.log(JSON.stringify(object));

// What an app would show, by what it is told alone.
let log = [];
let reportAt = Infinity;
let sending = false;
let next = 0;

client.on('reset', ({ events }) => {
  log = [...events];
  look();
});
client.on('older', ({ events }) => {
  log = [...events, ...log];
});
client.on('log', ({ events }) => {
  log.push(...events);
  look();
});
client.on('state', (state) => console.error(NAME, JSON.stringify(state)));
client.on('problem', (problem) => console.error(NAME, 'problem', problem));
client.on('state', (state) => {
  if (state.name === 'online' && !client.conversations.get(CONVERSATION)?.log) open();
});

async function open() {
  try {
    await client.open(CONVERSATION);
    while (log.length && log[0].seq > 1 && await client.older(CONVERSATION, log[0].seq));
    look();
  } catch (error) {
    console.error(NAME, 'open', error);
    setTimeout(open, 500);
  }
}

function look() {
  if (!client.conversations.get(CONVERSATION)?.log) return;
  tell({ shown: log.filter((event) => event.authorId === client.userId && event.type === 'MESSAGE').length });
  if ((log.at(-1)?.seq ?? 0) >= reportAt && client.outbox.length === 0) report();
}

async function report() {
  reportAt = Infinity;
  const stored = await store.events(CONVERSATION, Infinity);
  const brief = ({ seq, type, id, text }) => ({ seq, type, id, text });
  tell({ log: log.map(brief), stored: stored.map(brief), written: [...store.written] });
}

setInterval(() => {
  if (sending) client.send(CONVERSATION, `${NAME} ${next++}`);
}, BETWEEN_MESSAGES_MS);

createInterface({ input: process.stdin }).on('line', (line) => {
  const [order, value] = line.split(' ');
  if (order === 'send') sending = true;
  if (order === 'quiet') sending = false;
  if (order === 'offline') client.stop();
  if (order === 'online') client.start();
  if (order === 'report') {
    reportAt = Number(value);
    look();
  }
}).on('close', () => process.exit(0));

client.on('outbox', look);
await client.load();
next = store.written.size;
// From the store, also before there is a connection.
if (client.conversations.get(CONVERSATION)?.log) await open();
client.start();
