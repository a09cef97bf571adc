// The connection: Parley's client for JavaScript (clients/js), of which ../parley is what the browser loads.

import { onRenewed, refresh, session } from '../client.js';
import { Client } from '../parley/index.js';

export const client = new Client({
  address: location.origin,
  token: async (stale) => {
    if (stale && stale === session?.accessToken) await refresh();
    return session && { accessToken: session.accessToken, expiresAt: session.expiresAt };
  },
});

onRenewed(() => client.renew().catch(() => {}));
window.addEventListener('online', () => client.wake());

/** Sends to a conversation; nothing happens without a connection. */
export const send = (conversationId, what, body) => sendTo(`/app/conversations/${conversationId}/${what}`, body);

export const sendTo = (destination, body) => client.publish(destination, body);
