// Shows what is pushed, also while no page is open: one notification for each conversation, the newest. What a push
// says is in docs/api/devices.md. Nothing is kept here, and nothing is fetched but what the page asks for itself.

self.addEventListener('install', (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('push', (event) => {
  const push = read(event.data);
  if (push) event.waitUntil(take(push));
});

function read(data) {
  try {
    const push = data.json();
    return typeof push.tag === 'string' && Number.isSafeInteger(Number(push.seq)) ? push : null;
  } catch {
    return null;
  }
}

async function take(push) {
  const seq = Number(push.seq);
  const shown = await self.registration.getNotifications({ tag: push.tag });
  // Pushes overtake one another: what is older than what is shown changes nothing but the badge.
  const outdated = shown.some((notification) => notification.data.seq > seq);
  if (push.kind === 'WITHDRAW') {
    shown.filter((notification) => notification.data.seq <= seq).forEach((notification) => notification.close());
  } else if (!outdated && (push.kind === 'RING' || shown.length > 0)) {
    const rings = push.kind === 'RING';
    await self.registration.showNotification(push.title, {
      body: push.body ?? '',
      tag: push.tag,
      lang: push.lang ?? '',
      dir: 'auto',
      icon: '/icon.svg',
      timestamp: Date.parse(push.sentAt),
      renotify: rings,
      silent: !rings,
      data: { conversationId: push.conversationId, seq },
    });
  }
  await badge(Number(push.badge));
}

async function badge(count) {
  if (!self.navigator.setAppBadge || !Number.isSafeInteger(count) || count < 0) return;
  // Refused where the page is not installed as an app.
  await self.navigator.setAppBadge(count).catch(() => {});
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(show(event.notification.data));
});

/** In the page that is open, else in a new one. */
async function show({ conversationId, seq }) {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const page = pages.find((each) => new URL(each.url).pathname === '/');
  if (page) {
    page.postMessage({ open: { conversationId, seq } });
    await page.focus().catch(() => {});
  } else {
    await self.clients.openWindow(`/#${conversationId}/${seq}`);
  }
}
