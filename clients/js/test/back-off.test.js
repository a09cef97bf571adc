import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BackOff, pause } from '../dist/back-off.js';

test('waits double from half a second up to 15 s', () => {
  const most = new BackOff(() => 1);
  assert.deepEqual(Array.from({ length: 8 }, () => most.next()), [500, 1000, 2000, 4000, 8000, 15000, 15000, 15000]);
  most.succeeded();
  assert.equal(most.next(), 500);
});

test('jitter is between half and all of it', () => {
  assert.equal(new BackOff(() => 0).next(), 250);
  const backOff = new BackOff();
  backOff.next();
  const second = backOff.next();
  assert.ok(second >= 500 && second <= 1000, String(second));
});

test('the server’s word counts, and the next wait is longer all the same', () => {
  const backOff = new BackOff(() => 1);
  assert.equal(backOff.next(1234), 1234);
  assert.equal(backOff.next(), 1000);
});

test('a pause ends with its signal', async () => {
  const ending = new AbortController();
  const waiting = pause(3_600_000, ending.signal);
  ending.abort();
  await waiting;
  await pause(3_600_000, ending.signal);
});
