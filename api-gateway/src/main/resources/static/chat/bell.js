// The bell: notifications by Web Push, which the service worker (/sw.js) shows. What is registered is the browser, with
// the session that asked for it; it goes with the session. Kept beside the session, as it outlives the tab:
// parley.bell, whose bell is on and which device that is.

import { api, byId, complain, deviceName, el, say, session } from '../client.js';

const KEPT = 'parley.bell';

const button = el('button', {
  type: 'button', id: 'bell', class: 'quiet', hidden: true, 'aria-pressed': 'false', on: { click: toggle },
}, '\u{1F514}');
byId('sign-out').before(button);

let key = null;
let busy = false;

const kept = () => JSON.parse(localStorage.getItem(KEPT) ?? 'null');
const isOn = () => session !== null && kept()?.user === session.user.id && Notification.permission === 'granted';

/** Whether the browser can, where the page has been opened. */
const isPossible = () => 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

/** Once there is a session. What was on stays on, for this session too. */
export async function beginBell() {
  if (!isPossible()) return;
  ({ publicKey: key } = await api('GET', '/devices/web-push-key'));
  if (key && isOn()) await turnOn();
  draw();
}

/** With the session: nothing more is pushed here, and nothing stays on the screen. */
export async function endBell(user) {
  button.hidden = true;
  if (!isPossible() || kept()?.user !== user) return;
  localStorage.removeItem(KEPT);
  const registration = await navigator.serviceWorker.getRegistration('/');
  if (!registration) return;
  const shown = await registration.getNotifications();
  shown.forEach((notification) => notification.close());
  navigator.clearAppBadge?.().catch(() => {});
  await (await registration.pushManager.getSubscription())?.unsubscribe();
}

async function toggle() {
  if (busy) return;
  busy = true;
  try {
    if (isOn()) await turnOff();
    else if (await Notification.requestPermission() === 'granted') await turnOn();
    else say('Notifications are blocked: allow them for this page in the browser.');
  } catch (problem) {
    complain(problem);
  } finally {
    busy = false;
    draw();
  }
}

async function turnOn() {
  const registration = await navigator.serviceWorker.register('/sw.js');
  await navigator.serviceWorker.ready;
  const subscription = await subscribed(registration.pushManager);
  const before = kept();
  const device = await api('POST', '/devices', {
    subscription: subscription.toJSON(),
    platform: 'web',
    name: deviceName(),
    locale: navigator.language,
    replaces: before?.user === session.user.id ? before.device : null,
  });
  localStorage.setItem(KEPT, JSON.stringify({ user: session.user.id, device: device.id }));
}

/** A subscription is good for one key of the server. */
async function subscribed(pushManager) {
  const there = await pushManager.getSubscription();
  if (there && encoded(there.options.applicationServerKey) === key) return there;
  await there?.unsubscribe();
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

const encoded = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer ?? [])))
  .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

async function turnOff() {
  const { user, device } = kept();
  await endBell(user);
  await api('DELETE', `/devices/${device}`).catch((problem) => {
    if (problem.status !== 404) throw problem;
  });
}

function draw() {
  const on = isPossible() && isOn();
  button.hidden = !key || !session;
  button.setAttribute('aria-pressed', String(on));
  button.setAttribute('aria-label', 'Notifications');
  button.title = on ? 'Notifications are on' : 'Notifications are off';
}

/** @param open called with what somebody has clicked on: {conversationId, seq} */
export function whenNotificationIsClicked(open) {
  navigator.serviceWorker?.addEventListener('message', (event) => {
    if (event.data?.open) open(event.data.open);
  });
}
