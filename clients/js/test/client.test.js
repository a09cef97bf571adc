// The client against a server at the wire: what it resumes, fetches, sends and gives up.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Client, MemoryStore } from '../dist/index.js';
import { FakeParley, ME, OTHER, problem, until } from './server.js';

const started = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((client) => client.stop()));
});

// Waits are short: a random factor can not be below a half, so this goes beneath.
const IN_A_HURRY = () => -0.98;

function client(server, options = {}) {
  const made = new Client({
    address: 'http://parley.test', token: async () => ({ accessToken: 'token-1' }), fetch: server.fetch, socket: server.socket,
    random: IN_A_HURRY, heartBeats: { sends: 0, wants: 0 }, ...options,
  });
  made.shown = new Map();
  made.problems = [];
  made.states = [];
  made.passed = [];
  const show = (id, events) => made.shown.set(id, [...(made.shown.get(id) ?? []), ...events]);
  made.on('reset', ({ conversationId, events }) => made.shown.set(conversationId, events));
  made.on('log', ({ conversationId, events }) => show(conversationId, events));
  made.on('problem', (error) => made.problems.push(error));
  made.on('passing', (event) => made.passed.push(event));
  made.on('state', (state) => made.states.push(state));
  started.push(made);
  return made;
}

const online = (each) => until('online', () => each.state.name === 'online');
const seqs = (each, id) => (each.shown.get(id) ?? []).map((event) => event.seq);
const upTo = (seq) => Array.from({ length: seq }, (_, index) => index + 1);

async function withOpen(server, id, options) {
  const made = client(server, options);
  made.start();
  await online(made);
  await made.open(id);
  return made;
}

test('subscribes to problems, then to events, and shows the inbox', async () => {
  const server = new FakeParley();
  server.conversation('a');
  server.say('a', 'hello');
  const it = client(server);
  it.start();
  await online(it);
  assert.deepEqual(server.frames.filter((frame) => frame.command === 'SUBSCRIBE').map((frame) => frame.headers.destination),
    ['/user/queue/problems', '/user/queue/events']);
  assert.equal(server.sockets[0].url, 'ws://parley.test/ws');
  assert.equal(it.userId, ME);
  assert.equal(it.conversations.get('a').item.unread, 1);
});

test('an opened conversation shows its newest messages, then each event once', async () => {
  const server = new FakeParley();
  server.conversation('a');
  for (let i = 0; i < 70; i += 1) server.say('a', `m${i}`);
  const it = await withOpen(server, 'a');
  assert.deepEqual(seqs(it, 'a'), upTo(70).slice(20));
  const event = server.tell('a', { text: 'live' });
  server.broadcast(event);
  server.tell('a', { type: 'VOID' });
  await until('live', () => seqs(it, 'a').length === 52);
  assert.deepEqual(seqs(it, 'a'), upTo(72).slice(20));
  assert.deepEqual(it.problems, []);
});

test('what is no message comes as well, from the beginning', async () => {
  const server = new FakeParley();
  server.conversation('a');
  server.append('a', { type: 'MEMBERS', change: 'CREATED', name: 'Hike' });
  server.append('a', { type: 'VOID' });
  const it = await withOpen(server, 'a');
  assert.deepEqual(seqs(it, 'a'), [1, 2]);
});

test('a gap is fetched, in order, and so is what HEADS tells', async () => {
  const server = new FakeParley();
  server.conversation('a');
  server.say('a', 'one');
  const it = await withOpen(server, 'a');
  server.say('a', 'lost');
  server.say('a', 'lost too');
  server.tell('a', { text: 'comes' });
  await until('the gap', () => seqs(it, 'a').length === 4);
  server.say('a', 'lost again');
  server.broadcast({ type: 'HEADS', heads: { a: 5 } });
  await until('heads', () => seqs(it, 'a').length === 5);
  assert.deepEqual(seqs(it, 'a'), upTo(5));
});

test('what is told while it is being fetched is applied once', async () => {
  const server = new FakeParley();
  server.conversation('a');
  const it = await withOpen(server, 'a');
  for (let round = 0; round < 30; round += 1) {
    server.say('a', 'lost');
    server.tell('a', { text: 'a' });
    await new Promise((resolve) => setImmediate(resolve));
    server.tell('a', { text: 'b' });
  }
  await until('all', () => seqs(it, 'a').length === 90);
  assert.deepEqual(seqs(it, 'a'), upTo(90));
});

test('after a loss it comes back and fetches what was missed, over several pages', async () => {
  const server = new FakeParley();
  server.conversation('a');
  server.say('a', 'one');
  const it = await withOpen(server, 'a');
  server.refusesSockets = true;
  server.kill();
  await until('away', () => it.state.name === 'waiting');
  for (let i = 0; i < 1200; i += 1) server.say('a', `m${i}`);
  server.refusesSockets = false;
  await until('all', () => seqs(it, 'a').length === 1201);
  assert.deepEqual(seqs(it, 'a'), upTo(1201));
  await online(it);
});

test('a page that fails is asked for again', async () => {
  const server = new FakeParley();
  server.conversation('a');
  server.say('a', 'one');
  const it = await withOpen(server, 'a');
  let failures = 2;
  server.onFetch = (path) => {
    if (!path.endsWith('/events') || failures === 0) return undefined;
    failures -= 1;
    if (failures === 0) throw new TypeError('fetch failed');
    return problem(503, 'store-unavailable', { retryAfter: 0.01 });
  };
  server.say('a', 'lost');
  server.tell('a', { text: 'comes' });
  await until('all', () => seqs(it, 'a').length === 3);
  assert.deepEqual(seqs(it, 'a'), [1, 2, 3]);
});

test('only a conversation that is opened is followed; the others keep their place in the inbox', async () => {
  const server = new FakeParley();
  server.conversation('a');
  server.conversation('b');
  const it = await withOpen(server, 'a');
  const told = server.tell('b', { text: 'hey @me', mentions: [{ userId: ME, start: 4, length: 3 }] });
  server.broadcast(told);
  await until('counted', () => it.conversations.get('b').item.unread === 1);
  const { item, log } = it.conversations.get('b');
  assert.equal(log, null);
  assert.equal(item.headSeq, 1);
  assert.equal(item.mentions, 1);
  assert.equal(item.lastMessage.text, 'hey @me');
});

test('a log that ends before what is known is begun anew', async () => {
  const server = new FakeParley();
  const a = server.conversation('a');
  for (let i = 0; i < 10; i += 1) server.say('a', `m${i}`);
  const it = await withOpen(server, 'a');
  server.kill();
  a.events.length = 4;
  await until('begun anew', () => it.shown.get('a').length === 4);
  await online(it);
  assert.equal(it.conversations.get('a').log.known, 4);
  server.tell('a', { text: 'other' });
  await until('goes on', () => seqs(it, 'a').length === 5);
});

test('a log in which others have written over what is known is begun anew', async () => {
  const server = new FakeParley();
  const a = server.conversation('a');
  for (let i = 0; i < 10; i += 1) server.say('a', `m${i}`);
  const it = await withOpen(server, 'a');
  server.kill();
  a.events.length = 4;
  for (let i = 0; i < 10; i += 1) server.say('a', `other ${i}`);
  await until('begun anew', () => it.shown.get('a').at(-1).text === 'other 9' && it.shown.get('a')[4]?.text === 'other 0');
  assert.deepEqual(seqs(it, 'a'), upTo(14));
});

test('who missed too much begins with the newest messages', async () => {
  const server = new FakeParley();
  server.conversation('a');
  server.mostEvents = 300;
  server.say('a', 'one');
  const it = await withOpen(server, 'a');
  let lost = true;
  server.onSend = (frame, socket) => {
    if (!lost) return false;
    // Stored, and then so much was written that the log does not show it again.
    server.say('a', 'mine', { authorId: ME, clientMessageId: JSON.parse(frame.body).clientMessageId });
    for (let i = 0; i < 400; i += 1) server.say('a', `m${i}`);
    lost = false;
    socket.end(1006, '');
    return true;
  };
  it.send('a', 'mine');
  await until('reset', () => seqs(it, 'a').at(-1) === 402 && it.outbox.length === 0);
  assert.deepEqual(seqs(it, 'a'), upTo(402).slice(302));
  server.tell('a', { text: 'live' });
  await until('goes on', () => seqs(it, 'a').at(-1) === 403);
  assert.equal(await it.older('a', 303), true);
  assert.equal(it.conversations.get('a').item.unread, 402);
  assert.deepEqual(it.problems, []);
});

test('only what has changed is told again, over a restart as well; what is not told stays', async () => {
  const server = new FakeParley();
  for (const id of ['a', 'b', 'c', 'd', 'e']) server.conversation(id);
  const store = new MemoryStore();
  const first = client(server, { store });
  first.start();
  await online(first);
  assert.equal(first.conversations.size, 5);
  await first.stop();
  server.say('c', 'new');
  server.conversations.delete('e');
  const told = [];
  const second = client(server, { store });
  await second.load();
  second.on('inbox', (ids) => told.push(...ids));
  second.start();
  await online(second);
  assert.deepEqual(told, ['c']);
  assert.deepEqual([...second.conversations.keys()], ['a', 'b', 'c', 'd']);
});

test('a since that the server does not know is left out, and what it does not list is gone', async () => {
  const server = new FakeParley();
  server.conversation('a');
  const store = new MemoryStore();
  const gone = { id: 'x', item: server.item(server.conversations.get('a')), log: null };
  await store.write({ userId: ME, since: '4711', conversations: [gone] });
  const it = client(server, { store });
  it.start();
  await online(it);
  assert.deepEqual([...it.conversations.keys()], ['a']);
});

test('a send arrives once, and is gone when the log shows it', async () => {
  const server = new FakeParley();
  server.conversation('a');
  const it = await withOpen(server, 'a');
  it.send('a', 'hello', { replyTo: 7 });
  await until('shown', () => seqs(it, 'a').length === 1);
  assert.deepEqual(it.outbox, []);
  assert.equal(it.shown.get('a')[0].replyTo, 7);
  assert.equal(server.sent('/messages')[0].triedAfterSeq, undefined);
});

test('what was sent without an answer is sent again, with the same name and when it was tried', async () => {
  const server = new FakeParley();
  server.conversation('a');
  for (let i = 0; i < 3; i += 1) server.say('a', `m${i}`);
  const it = await withOpen(server, 'a');
  let lost = 0;
  server.onSend = (frame, socket) => {
    if (!frame.headers.destination.endsWith('/messages') || lost === 2) return false;
    lost += 1;
    // The first is lost before it is stored, the second after that.
    if (lost === 2) server.say('a', 'hello', { authorId: ME, clientMessageId: JSON.parse(frame.body).clientMessageId });
    socket.end(1006, '');
    return true;
  };
  const { clientMessageId } = it.send('a', 'hello');
  await until('arrived', () => it.outbox.length === 0);
  const sent = server.sent('/messages');
  assert.deepEqual(sent.map((body) => [body.clientMessageId, body.triedAfterSeq]),
    [[clientMessageId, undefined], [clientMessageId, 3]]);
  assert.equal(server.conversations.get('a').events.filter((event) => event.text === 'hello').length, 1);
  assert.deepEqual(seqs(it, 'a'), upTo(4));
});

test('messages keep their order, one at a time, whatever is refused for the moment', async () => {
  const server = new FakeParley();
  server.conversation('a');
  const it = await withOpen(server, 'a');
  let refusals = 3;
  server.onSend = (frame, socket) => {
    if (refusals === 0) return false;
    refusals -= 1;
    socket.refuse(frame, refusals % 2 ? 503 : 429, refusals % 2 ? 'store-unavailable' : 'rate-limited', { retryAfter: 0.01 });
    return true;
  };
  for (let i = 0; i < 10; i += 1) it.send('a', `m${i}`);
  await until('all', () => seqs(it, 'a').length === 10);
  assert.deepEqual(it.shown.get('a').map((event) => event.text), upTo(10).map((each) => `m${each - 1}`));
  assert.deepEqual(it.problems, []);
});

test('what is refused for good says why, and can be sent again or dropped', async () => {
  const server = new FakeParley();
  server.conversation('a');
  const it = await withOpen(server, 'a');
  let refuses = true;
  server.onSend = (frame, socket) => {
    if (!refuses) return false;
    socket.refuse(frame, 403, 'muted', { detail: 'You are muted' });
    return true;
  };
  const one = it.send('a', 'one');
  const two = it.send('a', 'two');
  await until('refused', () => it.outbox.every((each) => each.state === 'refused'));
  assert.equal(it.outbox[0].problem, 'You are muted');
  refuses = false;
  await it.retry(two.clientMessageId);
  await it.discard(one.clientMessageId);
  await until('sent', () => it.outbox.length === 0);
  assert.deepEqual(it.shown.get('a').map((event) => event.text), ['two']);
});

test('what is written without a connection waits for one', async () => {
  const server = new FakeParley();
  server.conversation('a');
  server.refusesSockets = true;
  const it = client(server);
  it.start();
  await until('waiting', () => it.state.name === 'waiting');
  it.send('a', 'early');
  server.refusesSockets = false;
  await until('sent', () => server.conversations.get('a').events.length === 1 && it.outbox.length === 0);
});

test('the wait that a stopping server asks for is kept', async () => {
  const server = new FakeParley();
  const it = client(server);
  it.start();
  await online(it);
  server.sockets[0].end(1001, 'going-away retry-after-ms=123456');
  await until('waiting', () => it.state.name === 'waiting');
  assert.equal(it.state.ms, 123456);
  it.wake();
  await online(it);
  server.sockets[1].frame('ERROR', { message: 'rate-limited' },
    JSON.stringify({ type: 'https://parley.chat/problems/rate-limited', status: 429, retryAfter: 7 }));
  setImmediate(() => server.sockets[1].end(4429, 'rate-limited'));
  await until('waiting', () => it.state.name === 'waiting');
  assert.equal(it.state.ms, 7000);
});

test('a token that is refused is refreshed, for the socket and for calls', async () => {
  const server = new FakeParley();
  server.conversation('a');
  let present = 'token-old';
  const asked = [];
  const it = client(server, {
    token: async (stale) => {
      asked.push(stale);
      if (stale === present) present = 'token-1';
      return { accessToken: present };
    },
  });
  await it.call('GET', '/sync');
  assert.equal(present, 'token-1');
  present = 'token-old';
  it.start();
  await online(it);
  assert.equal(present, 'token-1');
  assert.equal(asked.filter(Boolean).length, 2);
});

test('without a token any more, and when the session was ended, the user has to log in', async () => {
  const server = new FakeParley();
  const out = client(server, { token: async () => null });
  out.start();
  await until('signed out', () => out.state.name === 'signed-out');
  assert.equal(server.sockets.length, 0);

  const it = client(server);
  it.start();
  await online(it);
  server.sockets[0].end(4401, 'session-ended');
  await until('signed out', () => it.state.name === 'signed-out');
});

test('a token is renewed on the connection before it ends', async () => {
  const server = new FakeParley();
  server.tokens.add('token-2');
  let present = { accessToken: 'token-1', expiresAt: Date.now() + 64_000 };
  const it = client(server, {
    token: async (stale) => {
      if (stale) present = { accessToken: 'token-2', expiresAt: Date.now() + 3_600_000 };
      return present;
    },
  });
  it.start();
  await online(it);
  present = { ...present, expiresAt: Date.now() + 64_000 };
  await it.renew();
  assert.deepEqual(server.sent('/session/renew'), []);
  present = { accessToken: 'token-2', expiresAt: Date.now() + 3_600_000 };
  await it.renew();
  assert.deepEqual(server.sent('/session/renew'), [{ accessToken: 'token-2' }]);
  assert.equal(server.sockets.length, 1);
});

test('a token that ends is renewed on the connection by itself', async () => {
  const server = new FakeParley();
  server.tokens.add('token-2');
  let present = { accessToken: 'token-1', expiresAt: Date.now() + 64_000 };
  const it = client(server, {
    token: async (stale) => {
      if (stale) present = { accessToken: 'token-2' };
      return present;
    },
  });
  it.start();
  await until('renewed', () => server.sent('/session/renew').length === 1);
  assert.deepEqual(server.sent('/session/renew'), [{ accessToken: 'token-2' }]);
  assert.equal(server.sockets.length, 1);
});

test('stopped while it connects, it stays so', async () => {
  const server = new FakeParley();
  const it = client(server);
  it.start();
  await until('connecting', () => server.sockets.length === 1);
  await it.stop();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(it.state.name, 'stopped');
  assert.equal(server.sockets.length, 1);
  assert.equal(server.sockets[0].readyState, 3);
  it.start();
  await online(it);
});

test('a store takes it over a restart: the log goes on, and what was not acknowledged is sent', async () => {
  const server = new FakeParley();
  server.conversation('a');
  server.say('a', 'one');
  const store = new MemoryStore();
  const first = await withOpen(server, 'a', { store });
  server.onSend = () => true;
  first.send('a', 'unanswered');
  await until('tried', () => server.sent('/messages').length === 1);
  await first.stop();
  server.onSend = () => false;
  server.say('a', 'meanwhile');

  const second = client(server, { store });
  await second.load();
  assert.deepEqual(second.outbox.map((each) => each.text), ['unanswered']);
  await second.open('a');
  assert.deepEqual(seqs(second, 'a'), [1]);
  second.start();
  await until('sent', () => second.outbox.length === 0);
  await until('all', () => seqs(second, 'a').length === 3);
  assert.deepEqual(second.shown.get('a').map((event) => event.text), ['one', 'meanwhile', 'unanswered']);
  assert.deepEqual(server.sent('/messages').map((each) => each.triedAfterSeq), [undefined, 1]);
  const stored = await store.events('a', 100);
  assert.deepEqual(stored.map((event) => event.seq), [1, 2, 3]);
});

test('a store of another user is emptied', async () => {
  const server = new FakeParley();
  server.conversation('a');
  const store = new MemoryStore();
  await store.write({ userId: OTHER, conversations: [{ id: 'x', item: server.item(server.conversations.get('a')), log: null }] });
  const it = client(server, { store });
  it.start();
  await online(it);
  assert.deepEqual([...it.conversations.keys()], ['a']);
  assert.equal((await store.load()).userId, ME);
});

test('who joins fetches the inbox, who leaves forgets', async () => {
  const server = new FakeParley();
  server.conversation('a');
  const it = await withOpen(server, 'a');
  server.conversation('b');
  server.broadcast({ type: 'JOINED', conversationId: 'b' });
  await until('joined', () => it.conversations.has('b'));
  const left = [];
  it.on('left', (id) => left.push(id));
  server.conversations.delete('a');
  server.broadcast({ type: 'LEFT', conversationId: 'a' });
  await until('left', () => !it.conversations.has('a'));
  assert.deepEqual(left, ['a']);
  server.conversation('c');
  server.tell('c', { text: 'the first that is heard of it' });
  await until('known', () => it.conversations.get('c')?.item.unread === 1);
});

test('edits, reactions and deletions change what is kept', async () => {
  const server = new FakeParley();
  server.conversation('a');
  const store = new MemoryStore();
  const it = await withOpen(server, 'a', { store });
  server.tell('a', { text: 'one' });
  server.tell('a', { text: 'two', forwardedFrom: { text: 'secret, too' } });
  server.tell('a', { text: 'three' });
  server.tell('a', { type: 'EDITED', target: 1, text: 'one, edited' });
  server.tell('a', { type: 'REACTED', target: 1, changes: [{ userId: ME, emoji: '👍', added: true }], reactions: [{ emoji: '👍', count: 1 }] });
  server.tell('a', { type: 'EDITED', target: 2, text: 'secret' });
  server.tell('a', { type: 'DELETED', targets: [2] });
  server.broadcast({ type: 'HIDDEN', conversationId: 'a', targets: [3] });
  await until('all', () => it.passed.some((event) => event.type === 'HIDDEN'));
  const kept = await store.events('a', 100);
  assert.equal(kept[0].text, 'one, edited');
  assert.deepEqual(kept[0].reactions, [{ emoji: '👍', count: 1, own: true }]);
  assert.equal(kept[1].deleted, true);
  assert.equal(kept[2].hidden, true);
  assert.doesNotMatch(JSON.stringify(kept), /secret|three/);
  assert.deepEqual(kept.map((event) => event.seq), upTo(7));
});

test('older messages come from the server, with what has changed meanwhile', async () => {
  const server = new FakeParley();
  server.conversation('a');
  for (let i = 1; i <= 130; i += 1) server.say('a', `m${i}`);
  const it = await withOpen(server, 'a');
  const older = [];
  it.on('older', ({ events }) => older.unshift(...events));
  server.tell('a', { type: 'EDITED', target: 70, text: 'edited' });
  await until('the edit', () => seqs(it, 'a').at(-1) === 131);
  assert.equal(await it.older('a', 81), true);
  assert.equal(older.find((event) => event.seq === 70).text, 'edited');
  assert.equal(await it.older('a', older[0].seq), false);
  assert.deepEqual(older.map((event) => event.seq), upTo(80));
});

test('what one has read is read at once, and told', async () => {
  const server = new FakeParley();
  server.conversation('a');
  server.say('a', 'one');
  const it = await withOpen(server, 'a');
  await it.markRead('a');
  assert.equal(it.conversations.get('a').item.unread, 0);
  await until('told', () => server.sent('/read').length === 1);
  await it.markRead('a');
  server.broadcast({ type: 'READ', conversationId: 'a', userId: ME, seq: 0, unread: 1 });
  await until('back', () => it.conversations.get('a').item.unread === 1);
  assert.deepEqual(server.sent('/read'), [{ seq: 1 }]);
});

test('the own marker comes with all that a badge needs, up to where it was counted', async () => {
  const server = new FakeParley();
  server.conversation('a');
  server.say('a', 'one');
  server.say('a', 'two');
  const it = await withOpen(server, 'a');
  const read = { type: 'READ', conversationId: 'a', userId: ME, seq: 0, unread: 2, mentions: 1 };
  const syncs = () => server.calls.filter((call) => call.startsWith('GET /sync')).length;
  const before = syncs();
  server.broadcast({ ...read, headSeq: 2 });
  await until('counted', () => it.conversations.get('a').item.mentions === 1);
  assert.equal(syncs(), before);
  server.tell('a', { text: 'three' });
  server.broadcast({ ...read, headSeq: 2 });
  await until('asked', () => syncs() > before);
});

test('an echo of an older own marker does not move it back, another device’s does', async () => {
  const server = new FakeParley();
  server.conversation('a');
  server.onSend = (frame) => frame.headers.destination.endsWith('/read');
  const it = await withOpen(server, 'a');
  const item = () => it.conversations.get('a').item;
  for (const text of ['one', 'two', 'three']) {
    const { seq } = server.tell('a', { text });
    await until(text, () => item().headSeq === seq);
    if (seq < 3) await it.markRead('a');
  }
  const read = (more) => server.broadcast({ type: 'READ', conversationId: 'a', userId: ME, mentions: 0, ...more });
  read({ seq: 1, unread: 0, headSeq: 1 });
  read({ seq: 2, unread: 0, headSeq: 2 });
  await until('passed', () => it.passed.length === 2);
  assert.deepEqual([item().readSeq, item().unread], [2, 1]);
  const syncs = () => server.calls.filter((call) => call.includes('/sync')).length;
  assert.equal(syncs(), 1);
  read({ seq: 0, unread: 3, headSeq: 3 });
  await until('back', () => item().unread === 3);
  assert.equal(item().readSeq, 0);
  await it.markRead('a');
  read({ seq: 1, unread: 2, headSeq: 3 });
  await until('back, to where it has been', () => item().unread === 2);
  assert.equal(item().readSeq, 1);
});

test('nothing heard for too long is a lost connection', async () => {
  const server = new FakeParley();
  const it = client(server, { heartBeats: { sends: 1000, wants: 1000 } });
  it.start();
  await online(it);
  await until('given up', () => server.sockets.length > 1);
  assert.match(it.states.find((state) => state.name === 'waiting').closing.reason, /heard/);
});

test('forget leaves nothing', async () => {
  const server = new FakeParley();
  server.conversation('a');
  server.say('a', 'one');
  const store = new MemoryStore();
  const it = await withOpen(server, 'a', { store });
  await it.forget();
  assert.equal(it.conversations.size, 0);
  assert.deepEqual(await store.load(), { conversations: [], outbox: [] });
  assert.deepEqual(await store.events('a', 10), []);
});

test('a token that the source gets while the connection is opened is given to that', async () => {
  const server = new FakeParley();
  server.tokens.add('token-2');
  let accessToken = 'token-1';
  const it = client(server, {
    token: async () => ({ accessToken }),
    socket: (url) => {
      accessToken = 'token-2';
      it.renew();
      return server.socket(url);
    },
  });
  it.start();
  await online(it);
  assert.deepEqual(server.sent('/session/renew'), [{ accessToken: 'token-2' }]);
});

const soon = (ms) => new Date(Date.now() + ms).toISOString();

test('what a message says goes when it disappears, from the log, the inbox and the store', async () => {
  const server = new FakeParley();
  server.conversation('a');
  server.say('a', 'stays');
  const store = new MemoryStore();
  const it = await withOpen(server, 'a', { store });
  const gone = [];
  it.on('expired', (news) => gone.push(news));
  const expiresAt = soon(200);
  server.tell('a', { text: 'secret', expiresAt });
  await until('it is there', () => seqs(it, 'a').length === 2);
  await until('it has disappeared', () => gone.length === 1);
  assert.ok(Date.now() >= Date.parse(expiresAt));
  assert.equal(gone[0].conversationId, 'a');
  assert.deepEqual(gone[0].events.map(({ seq, text, expired }) => [seq, text, expired]), [[2, undefined, true]]);
  assert.equal((await store.events('a', 10))[1].text, undefined);
  const { item } = it.conversations.get('a');
  assert.equal(item.lastMessage.text, undefined);
  assert.equal(item.lastMessage.expired, true);
  assert.equal(item.unread, 1);
  assert.deepEqual(it.problems, []);
});

test('of a conversation that was not opened the server is asked how much is unread when its last message disappears', async () => {
  const server = new FakeParley();
  server.conversation('a');
  const it = client(server);
  it.start();
  await online(it);
  const whole = () => server.calls.filter((call) => call.startsWith('GET /sync') && !call.includes('since=')).length;
  const before = whole();
  const counts = [];
  it.on('inbox', ([id]) => counts.push(it.conversations.get(id).item.unread));
  // As the server will count it.
  server.conversations.get('a').readSeq = 1;
  server.tell('a', { text: 'secret', expiresAt: soon(100) });
  await until('it does not count any more', () => counts.length > 1 && counts.at(-1) === 0);
  assert.equal(counts[0], 1);
  assert.equal(whole(), before + 1);
});

test('what has disappeared while nobody looked is shown to nobody', async () => {
  const store = new MemoryStore();
  const secret = {
    type: 'MESSAGE', conversationId: 'a', seq: 1, prev: 0, at: 't', id: 'm', authorId: OTHER, text: 'secret', expiresAt: soon(-1_000),
  };
  await store.write({
    userId: ME, events: [secret],
    conversations: [{ id: 'a', item: { id: 'a', headSeq: 1, readSeq: 1, unread: 0, lastMessage: secret }, log: { known: 1, last: null, older: null } }],
  });
  const it = client(new FakeParley(), { store });
  const texts = [];
  it.on('inbox', (ids) => texts.push(...ids.map((id) => it.conversations.get(id).item.lastMessage.text)));
  await it.load();
  assert.ok(texts.length);
  assert.ok(texts.every((text) => text === undefined));
  assert.equal((await store.events('a', 1))[0].text, undefined);
});
