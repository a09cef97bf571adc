// What the README says works.

import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { FakeParley, ME, until } from './server.js';

const real = { fetch: globalThis.fetch, WebSocket: globalThis.WebSocket, log: console.log };

after(() => Object.assign(globalThis, { fetch: real.fetch, WebSocket: real.WebSocket }));

test('the examples of the README, one after the other', async () => {
  const server = new FakeParley();
  server.conversation('a');
  for (let i = 1; i <= 120; i += 1) server.say('a', `m${i}`);
  const asked = [];
  server.onFetch = (path) => {
    if (path.startsWith('/auth/')) {
      asked.push(path);
      return Response.json({ accessToken: 'token-1', refreshToken: 'r', expiresIn: 900 });
    }
    return path.includes('/reactions/') ? Response.json({ emoji: '👍', count: 1, own: true }) : undefined;
  };
  const said = [];
  Object.assign(globalThis, {
    fetch: server.fetch,
    WebSocket: class {
      constructor(url) {
        return server.socket(url);
      }
    },
  });
  console.log = (...words) => said.push(words.join(' '));
  try {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const examples = [...readme.matchAll(/^```js\n(.*?)^```$/gms)].map((match) => match[1]);
    assert.equal(examples.length, 6);
    const code = [
      `import { Client } from '@parley/client';`, `const conversationId = 'a';`,
      ...examples.map((each) => each.replace(`import { Client } from '@parley/client';`, '')),
      'export { client, kept, shown };',
    ].join('\n')
      // Between the second and the third an app waits for the inbox.
      .replace('await client.open(', `await new Promise((resolve) => client.on('state', ({ name }) => name === 'online' && resolve()));\nawait client.open(`)
      .replaceAll(`'@parley/client'`, JSON.stringify(new URL('../dist/index.js', import.meta.url)));
    const { client, kept, shown } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
    await until('sent', () => server.conversations.get('a').events.at(-1).text === 'Hello' && client.outbox.length === 0);
    await until('kept', () => kept.state.name === 'online');
    await Promise.all([client.stop(), kept.stop()]);
    assert.deepEqual([...shown.keys()].sort((a, b) => a - b).slice(-2), [120, 121]);
    assert.ok(shown.size > 70, `${shown.size}`);
    assert.equal(client.userId, ME);
    assert.deepEqual(asked, ['/auth/login']);
    assert.ok(said.includes('a 120 m120'), said.join('\n'));
    assert.ok(said.includes('the log shows it'));
  } finally {
    console.log = real.log;
  }
});
