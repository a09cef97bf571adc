// The connection: STOMP over a WebSocket, by the library that index.html loads.

import { freshToken, onRenewed, refresh, session } from '../client.js';

const RENEW_BEFORE_MS = 60_000;

let stomp = null;
let failures = 0;
let renewal = null;

export const isConnected = () => Boolean(stomp?.connected);

/**
 * Connects, and again whenever the connection is lost.
 *
 * @param onEvent called with each event, @param onProblem with each refusal, @param onJoined when every
 *     event from now on comes: what was before it is to be fetched then, and what happens in between
 *     is seen twice rather than never, @param onLost when there is no connection any more
 */
export function connect({ onEvent, onProblem, onJoined, onLost }) {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  stomp = new globalThis.StompJs.Client({
    brokerURL: `${scheme}://${location.host}/ws`,
    heartbeatIncoming: 10_000,
    heartbeatOutgoing: 10_000,
    beforeConnect: async (client) => {
      client.connectHeaders = { Authorization: `Bearer ${await freshToken().catch(() => '')}` };
    },
    onConnect: () => {
      failures = 0;
      stomp.subscribe('/user/queue/problems', (frame) => onProblem(JSON.parse(frame.body)));
      stomp.watchForReceipt('events', onJoined);
      stomp.subscribe('/user/queue/events', (frame) => onEvent(JSON.parse(frame.body)), { receipt: 'events' });
    },
    onStompError: (frame) => {
      const expired = /token-expired|unauthenticated/.test(frame.headers.message + frame.body);
      if (expired && session) session.expiresAt = 0;
    },
    onWebSocketClose: (event) => {
      failures += 1;
      // A server that drains says when to come back; otherwise longer each time, with jitter.
      const told = /retry-after-ms=(\d+)/.exec(event.reason ?? '');
      if (stomp) {
        stomp.reconnectDelay = told
          ? Number(told[1]) + 50
          : Math.min(15_000, 500 * 2 ** Math.min(failures, 5)) * (0.5 + Math.random() / 2);
      }
      onLost();
    },
  });
  stomp.activate();
  scheduleRenewal();
}

export function disconnect() {
  clearTimeout(renewal);
  stomp?.deactivate();
  stomp = null;
}

/** Sends to a conversation; nothing happens without a connection. */
export const send = (conversationId, what, body) => sendTo(`/app/conversations/${conversationId}/${what}`, body);

export function sendTo(destination, body) {
  if (!isConnected()) return;
  stomp.publish({ destination, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

// The socket ends with its token, so both are renewed a minute before that.
function scheduleRenewal() {
  clearTimeout(renewal);
  if (!session || !stomp) return;
  renewal = setTimeout(
    () => refresh().catch(() => scheduleRenewal()),
    Math.max(5_000, session.expiresAt - Date.now() - RENEW_BEFORE_MS));
}

onRenewed(() => {
  sendTo('/app/session/renew', { accessToken: session.accessToken });
  scheduleRenewal();
});
