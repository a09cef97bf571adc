// A Parley at the wire: one user's view of conversations, over sockets and fetch that are not there.

import { FrameReader, encode } from '../dist/stomp.js';

export const ME = 'me';
export const OTHER = 'other';
const OPEN = 1;

export class FakeParley {
  conversations = new Map();
  sockets = [];
  calls = [];
  frames = [];
  tokens = new Set(['token-1']);
  /** (frame, socket) → true: it was dealt with. */
  onSend = () => false;
  /** (path) → a Response, or nothing. */
  onFetch = () => undefined;
  refusesSockets = false;
  mostEvents = Infinity;
  syncPage = 2;
  #syncs = [];
  #next = 0;

  constructor() {
    this.fetch = async (url, options = {}) => this.#answer(new URL(url), options);
    this.socket = (url) => new FakeSocket(this, url);
  }

  conversation(id, kind = 'GROUP') {
    const made = {
      id, kind, events: [], readSeq: 0, settings: { archived: false, pinned: false, mutedUntil: null, markedUnread: false, order: null, version: 1 },
    };
    this.conversations.set(id, made);
    return made;
  }

  /** Appends to a log without telling anybody. */
  append(id, event) {
    const { events } = this.conversations.get(id);
    const seq = (events.at(-1)?.seq ?? 0) + 1;
    const whole = {
      type: 'MESSAGE', conversationId: id, seq, prev: seq - 1, at: new Date(1_700_000_000_000 + seq).toISOString(),
      ...(event.type !== 'VOID' && { id: `${id}-${seq}-${this.#next++}`, authorId: OTHER }), ...event,
    };
    events.push(whole);
    return whole;
  }

  say(id, text, more = {}) {
    return this.append(id, { text, ...more });
  }

  /** Appends and tells. */
  tell(id, event) {
    const whole = this.append(id, event);
    this.broadcast(whole);
    return whole;
  }

  broadcast(event) {
    this.live.forEach((socket) => socket.event(event));
  }

  get live() {
    return this.sockets.filter((socket) => socket.events);
  }

  /** All sockets break without a farewell. */
  kill() {
    this.sockets.forEach((socket) => socket.end(1006, ''));
  }

  sent(destination) {
    return this.frames.filter((frame) => frame.command === 'SEND' && frame.headers.destination.endsWith(destination))
      .map((frame) => JSON.parse(frame.body));
  }

  send(socket, frame) {
    const [, id] = /^\/app\/conversations\/([^/]*)\/messages$/.exec(frame.headers.destination) ?? [];
    if (!id) return;
    const { clientMessageId, text, replyTo } = JSON.parse(frame.body);
    const { events } = this.conversations.get(id);
    let stored = events.find((event) => event.authorId === ME && event.clientMessageId === clientMessageId);
    if (!stored) stored = this.tell(id, { authorId: ME, clientMessageId, text, ...(replyTo && { replyTo }) });
    socket.event({ type: 'ACK', conversationId: id, clientMessageId, id: stored.id, seq: stored.seq, at: stored.at });
  }

  item({ id, kind, events, readSeq, settings }) {
    const messages = events.filter((event) => event.type === 'MESSAGE');
    return {
      id, kind, name: kind === 'GROUP' ? id : null, otherUserId: kind === 'GROUP' ? null : OTHER,
      headSeq: events.at(-1)?.seq ?? 0, lastMessage: messages.at(-1) ?? null, lastActivityAt: messages.at(-1)?.at ?? null,
      unread: messages.filter((event) => event.seq > readSeq && event.authorId !== ME).length, mentions: 0, readSeq, settings,
    };
  }

  // What is not as it was at the sync of that token.
  #sync(query) {
    const [since, from = '0'] = [query.get('since'), query.get('cursor') ?? undefined];
    const then = since === null ? new Map() : this.#syncs[Number(since)];
    if (!then) return problem(400, 'invalid-request');
    const now = new Map([...this.conversations.values()].map((each) => [each.id, JSON.stringify(this.item(each))]));
    const changed = [...now.keys()].filter((id) => now.get(id) !== then.get(id));
    const page = changed.slice(Number(from), Number(from) + this.syncPage);
    const next = Number(from) + page.length < changed.length ? String(Number(from) + page.length) : null;
    this.#syncs.push(now);
    return json({
      items: page.map((id) => JSON.parse(now.get(id))), left: [...then.keys()].filter((id) => !now.has(id)), next,
      since: String(this.#syncs.length - 1), full: since === null,
    });
  }

  async #answer(url, { method = 'GET', headers, signal }) {
    await null;
    if (signal?.aborted) throw new DOMException('aborted', 'AbortError');
    const path = url.pathname.replace('/api/v1', '');
    this.calls.push(`${method} ${path}${url.search}`);
    const special = this.onFetch(path, url);
    if (special) return special;
    if (!this.tokens.has(headers.Authorization.slice(7))) return problem(401, 'unauthenticated');
    const number = (name, otherwise) => Number(url.searchParams.get(name) ?? otherwise);
    if (path === '/sync') return this.#sync(url.searchParams);
    const [, id, what] = /^\/conversations\/([^/]*)\/(events|messages)$/.exec(path) ?? [];
    const conversation = this.conversations.get(id);
    if (!conversation) return problem(404, 'conversation-not-found');
    const { events } = conversation;
    if (what === 'events') {
      const after = number('after');
      const limit = number('limit', 100);
      if ((events.at(-1)?.seq ?? 0) - after > this.mostEvents) {
        const newest = events.filter((event) => event.type === 'MESSAGE').slice(-100);
        return json({ items: [], next: events.at(-1).seq, more: false, reset: { items: newest, before: newest[0].seq } });
      }
      const items = events.filter((event) => event.seq > after).slice(0, limit);
      const next = items.at(-1)?.seq ?? Math.min(after, events.at(-1)?.seq ?? 0);
      return json({ items, next, more: items.length === limit });
    }
    const limit = number('limit', 50);
    const all = events.filter((event) => event.type === 'MESSAGE' && event.seq < number('before', Infinity)).reverse();
    const items = all.slice(0, limit);
    return json({ items, next: all.length > limit ? items.at(-1).seq : null });
  }
}

const json = (body, status = 200) => new Response(JSON.stringify(body), { status });

export const problem = (status, slug, more = {}) =>
  json({ type: `https://parley.chat/problems/${slug}`, title: slug, status, ...more }, status);

class FakeSocket {
  #server;
  #reader = new FrameReader();
  #next = 0;
  readyState = OPEN;
  events = null;
  problems = null;

  constructor(server, url) {
    this.#server = server;
    this.url = url;
    server.sockets.push(this);
    setImmediate(() => {
      if (server.refusesSockets) this.#fail();
      else this.onopen?.({});
    });
  }

  send(text) {
    for (const frame of this.#reader.read(text)) setImmediate(() => this.readyState === OPEN && this.#take(frame));
  }

  close() {
    this.end(1000, 'bye');
  }

  // As in Node 20: nothing says that it is closed.
  #fail() {
    this.readyState = 3;
    this.onerror?.({});
  }

  /** The server's end of it closes, with what has been sent before. */
  end(code, reason) {
    if (this.readyState !== OPEN) return;
    this.readyState = 3;
    this.events = null;
    setImmediate(() => this.onclose?.({ code, reason }));
  }

  frame(command, headers, body) {
    const text = encode(command, headers, body);
    setImmediate(() => this.onmessage?.({ data: text }));
  }

  event(event) {
    this.frame('MESSAGE', { subscription: this.events ?? '', 'message-id': `m${this.#next++}`, destination: '/user/queue/events' },
      JSON.stringify(event));
  }

  refuse(frame, status, slug, more = {}) {
    const receipt = frame.headers.receipt;
    this.frame('MESSAGE', { subscription: this.problems, 'message-id': `m${this.#next++}`, destination: '/user/queue/problems' },
      JSON.stringify({ type: `https://parley.chat/problems/${slug}`, title: slug, status, receipt, ...more }));
    if (receipt) this.frame('RECEIPT', { 'receipt-id': receipt, problem: slug });
  }

  #take(frame) {
    const server = this.#server;
    server.frames.push(frame);
    if (frame.command === 'CONNECT') {
      const token = frame.headers.Authorization.slice(7);
      if (!server.tokens.has(token)) {
        this.frame('ERROR', { message: 'unauthenticated' }, JSON.stringify({ type: 'https://parley.chat/problems/unauthenticated', status: 401 }));
        setImmediate(() => this.end(4401, 'unauthenticated'));
        return;
      }
      this.frame('CONNECTED', { version: '1.2', 'heart-beat': '1000,1000', 'user-name': ME });
      return;
    }
    if (frame.command === 'SUBSCRIBE') this[frame.headers.destination.split('/').pop()] = frame.headers.id;
    if (frame.command === 'SEND') {
      if (server.onSend(frame, this)) return;
      server.send(this, frame);
    }
    if (frame.headers.receipt) this.frame('RECEIPT', { 'receipt-id': frame.headers.receipt });
  }
}

/** Resolves when it holds. */
export async function until(what, holds) {
  const end = Date.now() + 30_000;
  while (!await holds()) {
    if (Date.now() > end) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
