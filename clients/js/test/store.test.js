// What every Store promises.

import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IndexedDbStore, MemoryStore } from '../dist/index.js';

const message = (seq, more = {}) => ({
  type: 'MESSAGE', conversationId: 'a', seq, prev: seq - 1, at: `t${seq}`, id: `m${seq}`, authorId: 'other', text: `text ${seq}`, ...more,
});
const outgoing = (clientMessageId, more = {}) => ({ clientMessageId, conversationId: 'a', text: 'x', at: 't', state: 'waiting', ...more });
const conversation = { id: 'a', item: { id: 'a', headSeq: 3 }, log: { known: 3, last: null, older: null } };

let number = 0;
const stores = {
  MemoryStore: () => new MemoryStore(),
  IndexedDbStore: () => new IndexedDbStore(`test-${number++}`),
};

for (const [name, create] of Object.entries(stores)) {
  test(`${name}: is empty at first`, async () => {
    const store = create();
    assert.deepEqual(await store.load(), { conversations: [], outbox: [] });
    assert.deepEqual(await store.events('a', 10), []);
  });

  test(`${name}: has what was written`, async () => {
    const store = create();
    await store.write({ userId: 'me', since: 's1', conversations: [conversation], events: [message(1), message(2), message(3)] });
    assert.deepEqual(await store.load(), { userId: 'me', since: 's1', conversations: [conversation], outbox: [] });
    assert.deepEqual((await store.events('a', 2)).map((event) => event.seq), [2, 3]);
    assert.deepEqual((await store.events('a', 10, 3)).map((event) => event.seq), [1, 2]);
    assert.deepEqual(await store.events('b', 10), []);
  });

  test(`${name}: keeps the outbox in its order`, async () => {
    const store = create();
    await store.write({ outgoing: [outgoing('z')] });
    await store.write({ outgoing: [outgoing('a')] });
    await store.write({ outgoing: [outgoing('m')] });
    await store.write({ outgoing: [outgoing('z', { triedAfterSeq: 7 })] });
    await store.write({ arrived: ['a', 'unknown'] });
    assert.deepEqual((await store.load()).outbox, [outgoing('z', { triedAfterSeq: 7 }), outgoing('m')]);
  });

  test(`${name}: events change the messages that they are about, in one write or in several`, async () => {
    const store = create();
    const edited = { type: 'EDITED', conversationId: 'a', seq: 2, prev: 1, at: 't2', id: 'e', authorId: 'other', target: 1, text: 'new' };
    await store.write({ userId: 'me', events: [message(1), edited] });
    assert.equal((await store.events('a', 10))[0].text, 'new');
    assert.equal((await store.events('a', 10))[1].text, undefined);
    await store.write({ events: [{ type: 'DELETED', conversationId: 'a', seq: 3, prev: 2, at: 't3', id: 'd', authorId: 'me', targets: [1, 99] }] });
    const [first] = await store.events('a', 10);
    assert.equal(first.text, undefined);
    assert.equal(first.deletedBy, 'me');
    await store.write({ events: [message(4)], hidden: { type: 'HIDDEN', conversationId: 'a', targets: [4] } });
    assert.equal((await store.events('a', 1))[0].hidden, true);
  });

  test(`${name}: older messages do not take the place of what is there`, async () => {
    const store = create();
    await store.write({ userId: 'me', events: [message(5, { text: 'newer' })] });
    await store.write({ older: [message(4), message(5)] });
    assert.deepEqual((await store.events('a', 10)).map((event) => event.text), ['text 4', 'newer']);
  });

  test(`${name}: a conversation that is emptied or left takes its events along, and no others`, async () => {
    const store = create();
    const other = { ...conversation, id: 'b' };
    await store.write({
      userId: 'me', conversations: [conversation, other],
      events: [message(1), message(2), message(1, { conversationId: 'b' }), message(1, { conversationId: 'aa' })],
    });
    await store.write({ emptied: ['a'], older: [message(2, { text: 'fetched' })], conversations: [{ ...conversation, log: null }] });
    assert.deepEqual((await store.events('a', 10)).map((event) => event.text), ['fetched']);
    await store.write({ left: ['b'] });
    assert.deepEqual((await store.load()).conversations.map(({ id }) => id), ['a']);
    assert.deepEqual(await store.events('b', 10), []);
    assert.equal((await store.events('aa', 10)).length, 1);
  });

  test(`${name}: messages that disappear are forgotten when it is time, and their places stay`, async () => {
    const store = create();
    const at = (second) => `2026-03-01T09:30:${second}Z`;
    const deleted = { type: 'DELETED', conversationId: 'a', seq: 7, prev: 6, at: 't7', id: 'd', authorId: 'me', targets: [6] };
    await store.write({
      userId: 'me',
      events: [
        message(1), message(2, { expiresAt: at('12') }), message(3, { expiresAt: at('12.5') }), message(4, { expiresAt: at('12.25') }),
        message(5, { expiresAt: at('14') }), message(6, { expiresAt: at('11') }), deleted,
      ],
      older: [message(2, { conversationId: 'b', text: undefined, expired: true, expiresAt: at('01') })],
    });
    const first = await store.expire(Date.parse(at('12.3')));
    assert.deepEqual(first.messages.map(({ seq, text }) => [seq, text]).sort(), [[2, 'text 2'], [4, 'text 4']]);
    assert.equal(first.next, Date.parse(at('12.5')));
    const events = await store.events('a', 10);
    assert.deepEqual(events.slice(0, 6).map(({ text, expired }) => text ?? expired), ['text 1', true, 'text 3', true, 'text 5', undefined]);
    assert.deepEqual(events[1], { type: 'MESSAGE', conversationId: 'a', seq: 2, prev: 1, at: 't2', id: 'm2', authorId: 'other', expired: true });
    const second = await store.expire(Date.parse(at('13')));
    assert.deepEqual([second.messages.map(({ seq }) => seq), second.next], [[3], Date.parse(at('14'))]);
    assert.deepEqual(await store.expire(Date.parse(at('14'))), { messages: [message(5, { expiresAt: at('14') })], next: Infinity });
    assert.deepEqual(await store.expire(Infinity), { messages: [], next: Infinity });
  });

  test(`${name}: clear leaves nothing`, async () => {
    const store = create();
    await store.write({ userId: 'me', since: 's', conversations: [conversation], events: [message(1)], outgoing: [outgoing('o')] });
    await store.clear();
    assert.deepEqual(await store.load(), { conversations: [], outbox: [] });
    assert.deepEqual(await store.events('a', 10), []);
  });
}

test('IndexedDbStore: another one of the same name has it', async () => {
  const store = new IndexedDbStore('kept');
  await store.write({ userId: 'me', conversations: [conversation], events: [message(1)], outgoing: [outgoing('o')] });
  await store.close();
  const again = new IndexedDbStore('kept');
  assert.equal((await again.load()).outbox.length, 1);
  assert.equal((await again.events('a', 10)).length, 1);
});

test('IndexedDbStore: what an earlier version has written disappears, too', async () => {
  await new Promise((resolve) => {
    const request = indexedDB.open('earlier', 1);
    request.onupgradeneeded = () => {
      for (const table of ['meta', 'conversations']) request.result.createObjectStore(table);
      const events = request.result.createObjectStore('events', { keyPath: ['conversationId', 'seq'] });
      events.put(message(1, { expiresAt: '2026-03-01T09:30:12Z' }));
      request.result.createObjectStore('outbox', { keyPath: 'place', autoIncrement: true }).createIndex('id', 'id');
    };
    request.onsuccess = () => {
      request.result.close();
      resolve();
    };
  });
  const store = new IndexedDbStore('earlier');
  assert.equal((await store.expire(Date.parse('2026-03-01T09:30:12Z'))).messages.length, 1);
  assert.equal((await store.events('a', 10))[0].text, undefined);
});

test('IndexedDbStore: a write that fails changes nothing', async () => {
  const store = new IndexedDbStore('atomic');
  await store.write({ userId: 'me', events: [message(1)] });
  await assert.rejects(store.write({ since: 's', events: [message(2)], conversations: [{ id: () => {} }] }));
  assert.equal((await store.load()).since, undefined);
  assert.equal((await store.events('a', 10)).length, 1);
});
