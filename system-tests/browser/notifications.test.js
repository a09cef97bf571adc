// The bell of the chat page, and its service worker, in Chromium. Needs a running fleet with the fake FCM.
//
// No push service can be reached from here, so the browser's part of a subscription is the fake FCM's: it makes the
// keys, gets what notification-service pushes, and opens it. What it opened is then handed to the real worker.

import assert from 'node:assert/strict';
import { eventually, ADDRESS, PUSHES } from './pages.js';
import { noComplaints, open, step } from './story.js';

const run = Date.now().toString(36);
const ANN = `nora_${run}`;
const BEN = `nils_${run}`;

let ann;
let ben;
let devTools;
let worker;

/** In each page of the context, instead of the browser's own push service. */
function fakePushManager() {
  const KEPT = 'test.subscription';
  const bytes = (base64) => Uint8Array.from(
    atob(base64.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0)).buffer;
  const subscription = () => {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? 'null');
    return kept && {
      options: { applicationServerKey: bytes(kept.key) },
      toJSON: () => kept.json,
      unsubscribe: async () => {
        localStorage.removeItem(KEPT);
        await globalThis.endAtFake(kept.json.endpoint);
        return true;
      },
    };
  };
  PushManager.prototype.getSubscription = async () => subscription();
  PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
    if (!userVisibleOnly) throw new Error('Chromium wants userVisibleOnly');
    const json = await globalThis.subscribeAtFake();
    localStorage.setItem(KEPT, JSON.stringify({ key: applicationServerKey, json }));
    return subscription();
  };
}

const bell = () => ann.page.getByRole('button', { name: 'Notifications' });

/** What the API says, with the token of ann's page. */
const call = (method, path) => ann.page.evaluate(async ([how, where]) => {
  const { accessToken } = JSON.parse(sessionStorage.getItem('parley.session'));
  const answer = await fetch(`/api/v1${where}`, { method: how, headers: { Authorization: `Bearer ${accessToken}` } });
  return answer.json();
}, [method, path]);

/** Everything that is shown, as the page sees it. */
const shown = () => ann.page.evaluate(async () => {
  const registration = await navigator.serviceWorker.ready;
  return (await registration.getNotifications()).map(
    ({ title, body, tag, silent, data }) => ({ title, body, tag, silent, seq: data.seq }));
});

const deliver = (push) => devTools.send('ServiceWorker.deliverPushMessage',
  { origin: new URL(ADDRESS).origin, registrationId: worker, data: JSON.stringify(push) });

/** What came to an endpoint, newest first. */
async function pushes(endpoint) {
  const answer = await fetch(`${PUSHES}/pushes?token=${endpoint.split('/').pop()}`);
  return (await answer.json()).items;
}

const endpoint = () => ann.page.evaluate(
  () => JSON.parse(localStorage.getItem('test.subscription') ?? 'null')?.json.endpoint);

step('the bell is off, and goes on with leave', async () => {
  [ann, ben] = await Promise.all([
    open('ann', { permissions: ['notifications'] }), open('ben')]);
  await ann.page.exposeFunction('subscribeAtFake',
    async () => (await fetch(`${PUSHES}/web-push`, { method: 'POST' })).json());
  await ann.page.exposeFunction('endAtFake', async (url) => {
    await fetch(url, { method: 'DELETE' });
  });
  await ann.page.addInitScript(fakePushManager);
  devTools = await ann.page.context().newCDPSession(ann.page);
  devTools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => registrations
    .filter((each) => !each.isDeleted)
    .forEach((each) => { worker = each.registrationId; }));
  await devTools.send('ServiceWorker.enable');
  await ann.register(ANN, 'Nora Lind');
  await ben.register(BEN, 'Nils Berg');
  await bell().waitFor();
  assert.equal(await bell().getAttribute('aria-pressed'), 'false');

  await bell().click();
  await ann.page.locator('#bell[aria-pressed="true"]').waitFor();

  const { items } = await call('GET', '/devices');
  assert.equal(items.length, 1);
  assert.equal(items[0].channel, 'web-push');
  assert.equal(items[0].locale, 'en-GB');
  assert.match(items[0].name, /^Chrome/);
  assert.equal(items[0].current, true);
});

step('after a reload it is the same device', async () => {
  const before = (await call('GET', '/devices')).items[0].id;
  await ann.page.reload();
  await ann.page.locator('#bell[aria-pressed="true"]').waitFor();
  const { items } = await call('GET', '/devices');
  assert.deepEqual(items.map((device) => device.id), [before]);
});

let push;

step('what is missed is pushed, and the worker shows it', async () => {
  const to = await endpoint();
  await ben.startChat(ANN);
  // Where there is no socket, and nobody who reads.
  const chat = ann.page.url();
  await ann.page.goto(`${ADDRESS}/reset-password`);
  await ben.say('Are you there? 你好');
  await eventually('a push', async () => (await pushes(to)).length > 0);
  push = (await pushes(to))[0].message;
  assert.equal(push.title, 'Nils Berg');
  assert.equal(push.body, 'Are you there? 你好');
  await ann.page.goto(chat);
  await ann.page.locator('#bell[aria-pressed="true"]').waitFor();

  await deliver({ ...push, kind: 'RING' });

  await eventually('a notification', async () => (await shown()).length === 1);
  assert.deepEqual(await shown(), [
    { title: 'Nils Berg', body: 'Are you there? 你好', tag: push.tag, silent: false, seq: Number(push.seq) }]);
});

step('an edit is shown in its place, and nothing older', async () => {
  await deliver({ ...push, kind: 'UPDATE', body: 'Are you here?' });
  await eventually('the new text', async () => (await shown())[0]?.body === 'Are you here?');
  assert.equal((await shown())[0].silent, true);
  await deliver({ ...push, kind: 'RING', seq: String(Number(push.seq) - 1), body: 'older' });
  await deliver({ ...push, kind: 'WITHDRAW', seq: String(Number(push.seq) - 1) });
  await deliver({ ...push, kind: 'RING', tag: 'another', title: 'Last' });
  await eventually('the last', async () => (await shown()).some(({ title }) => title === 'Last'));
  assert.deepEqual((await shown()).map(({ body }) => body).sort(), ['Are you here?', push.body].sort());
});

step('a click leads to the message', async () => {
  // A click itself is the system's: what the worker does with it is called by name.
  const [running] = ann.page.context().serviceWorkers();
  await running.evaluate(({ conversationId, seq }) => globalThis.show({ conversationId, seq: Number(seq) }), push);
  await ann.page.getByRole('heading', { name: 'Nils Berg' }).waitFor();
  await ann.page.locator('li.lit').filter({ hasText: 'Are you there?' }).waitFor();
});

step('what was read elsewhere is taken away', async () => {
  await deliver({ ...push, kind: 'WITHDRAW', title: undefined, body: undefined, badge: '0' });
  await eventually('no notification', async () => (await shown()).every(({ tag }) => tag !== push.tag));
});

step('nonsense does no harm', async () => {
  await devTools.send('ServiceWorker.deliverPushMessage',
    { origin: new URL(ADDRESS).origin, registrationId: worker, data: 'not JSON' });
  await deliver({ kind: 'RING' });
  await deliver({ ...push, kind: 'UPDATE', tag: 'nothing there', body: 'x' });
  await deliver({ ...push, kind: 'RING', tag: 'after', title: 'After' });
  await eventually('what came after', async () => (await shown()).some(({ title }) => title === 'After'));
  assert.equal((await shown()).some(({ tag }) => tag === 'nothing there'), false);
});

step('the bell goes off', async () => {
  const to = await endpoint();
  await bell().click();
  await ann.page.locator('#bell[aria-pressed="false"]').waitFor();
  assert.deepEqual((await call('GET', '/devices')).items, []);
  assert.deepEqual(await shown(), []);
  assert.equal(await endpoint(), undefined);
  const answer = await fetch(to, { method: 'POST', headers: { TTL: '1', 'Content-Encoding': 'aes128gcm' } });
  assert.notEqual(answer.status, 201);
});

step('a logout takes the device and all that is shown', async () => {
  await bell().click();
  await ann.page.locator('#bell[aria-pressed="true"]').waitFor();
  await deliver({ ...push, kind: 'RING' });
  await eventually('a notification', async () => (await shown()).length === 1);

  await ann.page.getByRole('button', { name: 'Sign out' }).click();

  await ann.page.locator('#sign-in').waitFor();
  await eventually('nothing shown', async () => (await shown()).length === 0);
  await eventually('no subscription', async () => (await endpoint()) === undefined);
  await ann.signIn(ANN);
  await bell().waitFor();
  assert.equal(await bell().getAttribute('aria-pressed'), 'false');
  await eventually('no device', async () => (await call('GET', '/devices')).items.length === 0);
});

noComplaints();
