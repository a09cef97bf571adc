import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FrameReader, encode } from '../dist/stomp.js';

const read = (...messages) => {
  const reader = new FrameReader();
  return messages.flatMap((message) => reader.read(message))
    .map(({ command, headers, body }) => ({ command, headers: { ...headers }, body }));
};

test('a frame is written as the specification has it', () => {
  assert.equal(encode('SEND', { destination: '/app/a', receipt: '1' }, '{"a":1}'),
    'SEND\ndestination:/app/a\nreceipt:1\n\n{"a":1}\0');
  assert.equal(encode('DISCONNECT', {}), 'DISCONNECT\n\n\0');
});

test('headers are escaped, but not those of CONNECT', () => {
  const headers = { id: 'a:b\\c\nd\re' };
  assert.equal(encode('SEND', headers), 'SEND\nid:a\\cb\\\\c\\nd\\re\n\n\0');
  assert.deepEqual(read(encode('SEND', headers))[0].headers, headers);
  assert.equal(encode('CONNECT', { host: 'a:1' }), 'CONNECT\nhost:a:1\n\n\0');
  assert.equal(read('CONNECTED\nserver:a:\\x\n\n\0')[0].headers.server, 'a:\\x');
});

test('an unknown escape is an error', () => {
  assert.throws(() => read('MESSAGE\nid:\\t\n\n\0'), /STOMP/);
  assert.throws(() => read('MESSAGE\nid\n\n\0'), /colon/);
  assert.throws(() => read('MESSAGE\n\0'), /headers/);
});

test('several frames in one message, and heart-beats between them', () => {
  assert.deepEqual(read('\n\nRECEIPT\nreceipt-id:1\n\n\0\n\r\n\nMESSAGE\n\nx\0\n').map(({ command, body }) => [command, body]),
    [['RECEIPT', ''], ['MESSAGE', 'x']]);
});

test('one frame in several messages, cut anywhere', () => {
  const frame = 'MESSAGE\r\nid:1\r\n\r\n{"text":"😀"}\0';
  for (let cut = 1; cut < frame.length; cut += 1) {
    assert.deepEqual(read(frame.slice(0, cut), frame.slice(cut)),
      [{ command: 'MESSAGE', headers: { id: '1' }, body: '{"text":"😀"}' }]);
  }
});

test('bytes are text, however they are cut', () => {
  const bytes = new TextEncoder().encode('MESSAGE\n\n😀é\0');
  for (let cut = 1; cut < bytes.length; cut += 1) {
    assert.equal(read(bytes.slice(0, cut).buffer, bytes.slice(cut).buffer)[0].body, '😀é');
  }
});

test('a body with a length may have NULs', () => {
  const frames = read('MESSAGE\ncontent-length:5\n\né\0\0b', '\0RECEIPT\n\n\0');
  assert.deepEqual(frames.map(({ body }) => body), ['é\0\0b', '']);
});

test('of a repeated header the first counts, whatever its name', () => {
  assert.deepEqual(read('MESSAGE\nfoo:1\nfoo:2\nconstructor:a\n\n\0')[0].headers, { foo: '1', constructor: 'a' });
});
