'use strict';

// The chat itself; client.js stands before it.

const PAGE_SIZE = 50;
const TYPING_SHOWN_MS = 4000;
const TYPING_SENT_MS = 3000;

// ---- People ----------------------------------------------------------------------------------

const people = new Map();

function remember(user) {
  people.set(user.id, user);
  return user;
}

function nameOf(userId) {
  if (userId === session.user.id) return 'You';
  const known = people.get(userId);
  if (known) return known.displayName || known.username || 'Someone';
  // Asked for once; the page is drawn again when the answer is there.
  remember({ id: userId, displayName: '…' });
  api('GET', `/users/${userId}`)
    .then(remember)
    .catch(() => remember({ id: userId, displayName: 'Someone' }))
    .finally(drawAll);
  return '…';
}

function avatar(id, name, classes = '') {
  const initials = name.split(/\s+/).filter(Boolean).slice(0, 2).map((word) => [...word][0]).join('');
  const hue = [...id].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 8191, 7) % 8;
  return el('span', { class: `avatar hue-${hue} ${classes}`, 'aria-hidden': 'true' },
    initials.toUpperCase() || '?');
}

// ---- Conversations ---------------------------------------------------------------------------

// id -> {…inbox item, events: Map seq -> event, first, known, atStart, reads, typing}
// `known` is the last seq up to which nothing is missing; only an opened conversation has events.
const conversations = new Map();
const pending = new Map(); // clientMessageId -> {conversationId, clientMessageId, text, replyTo, at, failed}
let openId = null;
let replyTo = null;

const openConversation = () => conversations.get(openId);

function titleOf(conversation) {
  return conversation.kind === 'DIRECT'
    ? nameOf(conversation.otherUserId)
    : conversation.name || 'Group';
}

function adopt(item) {
  const present = conversations.get(item.id);
  conversations.set(item.id, present ? Object.assign(present, item) : {
    ...item, events: null, known: 0, atStart: false, reads: new Map(), typing: new Map(),
  });
  return conversations.get(item.id);
}

let inboxLoad = null;
let inboxLoaded = false;
let inboxAgain = false;

// Events may ask for this many times at once: one load runs, and one more after it.
async function loadInbox() {
  if (inboxLoad) {
    inboxAgain = true;
    return inboxLoad;
  }
  inboxLoad = (async () => {
    const seen = new Set();
    let cursor = null;
    do {
      const page = await api('GET', `/conversations${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''}`);
      page.items.forEach((item) => seen.add(adopt(item).id));
      cursor = page.next;
    } while (cursor);
    for (const id of [...conversations.keys()]) {
      if (!seen.has(id)) conversations.delete(id);
    }
    inboxLoaded = true;
    if (openId && !conversations.has(openId)) close();
    drawInbox();
  })();
  try {
    await inboxLoad;
  } finally {
    inboxLoad = null;
  }
  if (inboxAgain) {
    inboxAgain = false;
    await loadInbox();
  }
}

async function open(id) {
  openId = id;
  setReply(null);
  byId('chat').classList.add('open');
  drawAll();
  const conversation = openConversation();
  if (!conversation.events) {
    await loadNewest(conversation);
    // What is no message (members, holes) comes by the log.
    await catchUp(conversation);
  }
  if (openId === id) {
    drawConversation(true);
    markRead();
    byId('text').focus();
  }
}

async function loadNewest(conversation) {
  const page = await api('GET', `/conversations/${conversation.id}/messages?limit=${PAGE_SIZE}`);
  conversation.events = new Map(page.items.map((event) => [event.seq, event]));
  conversation.atStart = !page.next;
  conversation.known = page.items.length ? page.items[0].seq : 0;
}

function close() {
  openId = null;
  byId('chat').classList.remove('open');
  drawAll();
}

async function loadOlder() {
  const conversation = openConversation();
  const first = Math.min(...conversation.events.keys());
  const page = await api('GET', `/conversations/${conversation.id}/messages?before=${first}&limit=${PAGE_SIZE}`);
  page.items.forEach((event) => conversation.events.set(event.seq, event));
  conversation.atStart = !page.next;
  const list = byId('messages');
  const fromBottom = list.scrollHeight - list.scrollTop;
  drawConversation(false);
  list.scrollTop = list.scrollHeight - fromBottom;
}

// Fetches what lies behind `known`, in order, until the head. One run at a time per conversation.
async function catchUp(conversation) {
  if (conversation.catching) {
    conversation.again = true;
    return conversation.catching;
  }
  conversation.catching = (async () => {
    do {
      conversation.again = false;
      let more = true;
      while (more) {
        const after = conversation.known;
        const page = await api('GET', `/conversations/${conversation.id}/events?after=${after}&limit=200`);
        page.items.forEach((event) => apply(conversation, event));
        more = page.more && page.items.length > 0;
        if (page.next < after) {
          // The log ends before what is known here: it was restored from a backup.
          conversation.headSeq = page.next;
          await loadNewest(conversation);
          more = conversation.known < page.next;
        }
      }
    } while (conversation.again);
  })();
  try {
    await conversation.catching;
  } finally {
    conversation.catching = null;
  }
  if (conversation.id === openId) {
    drawConversation(isAtBottom());
    markRead();
  }
  drawInbox();
}

// ---- Events ----------------------------------------------------------------------------------

// Puts one event of the log, in its turn, into what is shown.
function apply(conversation, event) {
  if (event.clientMessageId && event.authorId === session.user.id) pending.delete(event.clientMessageId);
  if (event.seq > conversation.headSeq) conversation.headSeq = event.seq;
  if (event.type === 'MESSAGE') {
    if (!conversation.lastMessage || conversation.lastMessage.seq < event.seq) {
      conversation.lastMessage = event;
    }
    conversation.typing.delete(event.authorId);
  }
  if (conversation.events) {
    if (event.type !== 'VOID') conversation.events.set(event.seq, event);
    if (event.seq > conversation.known) conversation.known = event.seq;
  }
}

function onLogEvent(conversation, event) {
  const isNew = event.seq > conversation.headSeq;
  if (event.type === 'MESSAGE' && isNew && event.authorId !== session.user.id) conversation.unread += 1;
  if (!conversation.events) {
    apply(conversation, event);
  } else if (event.seq === conversation.known + 1) {
    apply(conversation, event);
  } else if (event.seq > conversation.known) {
    // A gap: the event comes again, in its place, with those before it.
    catchUp(conversation).catch(complain);
    return;
  } else {
    apply(conversation, event);
  }
  if (conversation.id === openId) {
    drawConversation(isAtBottom() || event.authorId === session.user.id);
    markRead();
  }
  drawInbox();
}

function onEvent(event) {
  if (event.type === 'HEADS') {
    compareHeads(event.heads);
    return;
  }
  if (event.type === 'JOINED' || event.type === 'LEFT') {
    loadInbox().catch(complain);
    return;
  }
  const conversation = conversations.get(event.conversationId);
  if (!conversation) {
    if (event.type !== 'TYPING') loadInbox().catch(complain);
    return;
  }
  switch (event.type) {
    case 'MESSAGE':
    case 'MEMBERS':
    case 'VOID':
      onLogEvent(conversation, event);
      break;
    case 'ACK': {
      const sent = pending.get(event.clientMessageId);
      if (sent) {
        onLogEvent(conversation, {
          type: 'MESSAGE', conversationId: event.conversationId, seq: event.seq, id: event.id,
          authorId: session.user.id, clientMessageId: event.clientMessageId, at: event.at,
          text: sent.text, replyTo: sent.replyTo ?? undefined,
        });
      }
      break;
    }
    case 'READ':
      if (event.userId === session.user.id) {
        conversation.readSeq = Math.max(conversation.readSeq, event.seq);
        if (event.seq >= conversation.headSeq) conversation.unread = 0;
        else loadInbox().catch(complain);
      } else {
        conversation.reads.set(event.userId, Math.max(event.seq, conversation.reads.get(event.userId) ?? 0));
        if (conversation.id === openId) drawConversation(isAtBottom());
      }
      drawInbox();
      break;
    case 'TYPING':
      if (event.userId !== session.user.id) {
        conversation.typing.set(event.userId, Date.now() + TYPING_SHOWN_MS);
        drawTyping();
        setTimeout(drawTyping, TYPING_SHOWN_MS + 50);
      }
      break;
    default: // Of a newer server.
  }
}

function compareHeads(heads) {
  // What is told while joining is fetched right after it.
  if (!joined) return;
  let stale = false;
  for (const [id, seq] of Object.entries(heads)) {
    const conversation = conversations.get(id);
    if (!conversation) stale = true;
    else if (conversation.events && conversation.known < seq) catchUp(conversation).catch(complain);
    else if (conversation.headSeq < seq) stale = true;
  }
  if (stale) loadInbox().catch(complain);
}

// ---- The socket ------------------------------------------------------------------------------

let stomp = null;
let joined = false;
let failures = 0;

function connect() {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  stomp = new StompJs.Client({
    brokerURL: `${scheme}://${location.host}/ws`,
    heartbeatIncoming: 10_000,
    heartbeatOutgoing: 10_000,
    beforeConnect: async (client) => {
      client.connectHeaders = { Authorization: `Bearer ${await freshToken().catch(() => '')}` };
    },
    onConnect: onConnected,
    onStompError: (frame) => {
      const expired = /token-expired|unauthenticated/.test(frame.headers.message + frame.body);
      if (expired && session) session.expiresAt = 0;
    },
    onWebSocketClose: (event) => {
      failures += 1;
      // A server that drains says when to come back; otherwise longer each time, with jitter.
      const told = /retry-after-ms=(\d+)/.exec(event.reason ?? '');
      stomp.reconnectDelay = told
        ? Number(told[1]) + 50
        : Math.min(15_000, 500 * 2 ** Math.min(failures, 5)) * (0.5 + Math.random() / 2);
      showLink('No connection. Trying again …');
    },
  });
  stomp.activate();
}

// Subscribed first, then, from the receipt on, fetched: what happens in between is seen twice
// rather than never.
function onConnected() {
  failures = 0;
  joined = false;
  showLink(null);
  stomp.subscribe('/user/queue/problems', (frame) => onProblem(JSON.parse(frame.body)));
  stomp.watchForReceipt('events', resume);
  stomp.subscribe('/user/queue/events', (frame) => onEvent(JSON.parse(frame.body)), { receipt: 'events' });
}

async function resume() {
  joined = true;
  try {
    await loadInbox();
    await Promise.all([...conversations.values()]
      .filter((conversation) => conversation.events)
      .map(catchUp));
  } catch (problem) {
    complain(problem);
  }
  // The same clientMessageId: what did arrive is not stored twice.
  for (const message of pending.values()) {
    if (!message.failed) publish(message);
  }
}

function onProblem(problem) {
  const message = pending.get(problem.clientMessageId);
  if (message) {
    message.failed = problem.detail || problem.title || 'Not sent';
    drawConversation(true);
  } else {
    complain(new Problem(problem.status ?? 0, problem));
  }
}

function publish(message) {
  if (!stomp?.connected) return;
  const body = { clientMessageId: message.clientMessageId, text: message.text };
  if (message.replyTo) body.replyTo = message.replyTo;
  send(message.conversationId, 'messages', body);
}

function send(conversationId, what, body) {
  stomp.publish({
    destination: `/app/conversations/${conversationId}/${what}`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

function sendMessage(text) {
  const message = {
    conversationId: openId,
    clientMessageId: crypto.randomUUID ? crypto.randomUUID() : randomId(),
    text,
    replyTo: replyTo?.seq ?? null,
    at: new Date().toISOString(),
  };
  pending.set(message.clientMessageId, message);
  setReply(null);
  publish(message);
  drawConversation(true);
}

// crypto.randomUUID exists on https and localhost only.
function randomId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
}

function markRead() {
  const conversation = openConversation();
  if (!conversation?.events || document.hidden || !stomp?.connected) return;
  conversation.unread = 0;
  if (conversation.known > conversation.readSeq) {
    conversation.readSeq = conversation.known;
    send(conversation.id, 'read', { seq: conversation.known });
  }
  drawInbox();
}

let typingSentAt = 0;

function sayTyping() {
  if (openId && stomp?.connected && Date.now() - typingSentAt > TYPING_SENT_MS) {
    typingSentAt = Date.now();
    send(openId, 'typing', {});
  }
}

// ---- Drawing ---------------------------------------------------------------------------------

const timeFormat = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const dayFormat = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const shortDayFormat = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

function shortTime(at) {
  const date = new Date(at);
  return (date.toDateString() === new Date().toDateString() ? timeFormat : shortDayFormat).format(date);
}

function drawAll() {
  if (!session) return;
  byId('me').replaceChildren(
    avatar(session.user.id, session.user.displayName || session.user.username),
    el('span', {}, session.user.displayName || session.user.username));
  drawInbox();
  drawConversation(isAtBottom());
}

function drawInbox() {
  const items = [...conversations.values()].sort((a, b) =>
    String(b.lastMessage?.at ?? '').localeCompare(String(a.lastMessage?.at ?? '')));
  const unread = items.reduce((sum, item) => sum + item.unread, 0);
  document.title = unread ? `(${unread}) Parley` : 'Parley';
  byId('inbox').replaceChildren(...items.map(inboxItem));
  if (!items.length) {
    byId('inbox').append(el('li', { class: 'empty' }, inboxLoaded ? 'No conversations yet.' : 'Loading …'));
  }
}

function inboxItem(conversation) {
  const name = titleOf(conversation);
  const last = conversation.lastMessage;
  const author = last && (conversation.kind === 'GROUP' || last.authorId === session.user.id)
    ? `${nameOf(last.authorId)}: ` : '';
  const choose = () => open(conversation.id).catch(complain);
  return el('li', {
    tabindex: '0',
    'aria-current': conversation.id === openId ? 'true' : null,
    on: { click: choose, keydown: (event) => event.key === 'Enter' && choose() },
  },
  avatar(conversation.otherUserId ?? conversation.id, name, conversation.kind === 'GROUP' ? 'group' : ''),
  el('span', { class: 'name' }, name),
  el('span', { class: 'time' }, last ? shortTime(last.at) : ''),
  el('span', { class: 'last' }, last ? author + last.text : 'Nothing said yet'),
  conversation.unread
    ? el('span', { class: 'unread', title: 'Unread' }, conversation.unread > 99 ? '99+' : String(conversation.unread))
    : null);
}

function isAtBottom() {
  const list = byId('messages');
  return list.scrollHeight - list.scrollTop - list.clientHeight < 80;
}

function drawConversation(toBottom) {
  const conversation = openConversation();
  for (const id of ['title', 'messages', 'compose']) byId(id).hidden = !conversation;
  byId('nothing-open').hidden = Boolean(conversation);
  if (!conversation) {
    byId('typing').hidden = true;
    return;
  }
  const name = titleOf(conversation);
  byId('title-name').textContent = name;
  byId('title-note').textContent = conversation.kind === 'GROUP' ? 'Group' : 'Direct conversation';
  byId('title-avatar').replaceChildren(
    avatar(conversation.otherUserId ?? conversation.id, name, conversation.kind === 'GROUP' ? 'group' : ''));
  byId('older').hidden = conversation.atStart || !conversation.events?.size;

  const rows = [];
  let previous = null;
  const events = [...(conversation.events?.values() ?? [])].sort((a, b) => a.seq - b.seq);
  const unsent = [...pending.values()]
    .filter((message) => message.conversationId === conversation.id)
    .map((message) => ({ ...message, type: 'MESSAGE', authorId: session.user.id, seq: null }));
  for (const event of [...events, ...unsent]) {
    const day = event.at ? new Date(event.at).toDateString() : null;
    if (day && day !== previous?.day) {
      rows.push(el('li', { class: 'day' }, dayFormat.format(new Date(event.at))));
      previous = { day };
    }
    if (event.type === 'MESSAGE') {
      rows.push(messageRow(conversation, event, previous?.authorId === event.authorId));
      previous = { day, authorId: event.authorId };
    } else if (event.type === 'MEMBERS') {
      rows.push(el('li', { class: 'members' }, membersText(event)));
      previous = { day: previous?.day };
    }
  }
  byId('events').replaceChildren(...rows);
  drawTyping();
  if (toBottom) byId('messages').scrollTop = byId('messages').scrollHeight;
}

function messageRow(conversation, event, follows) {
  const mine = event.authorId === session.user.id;
  const author = nameOf(event.authorId);
  const quoted = event.replyTo ? conversation.events?.get(event.replyTo) : null;
  const note = event.failed ? `Not sent: ${event.failed}`
    : event.seq === null ? 'Sending …'
      : timeFormat.format(new Date(event.at)) + (mine && isRead(conversation, event.seq) ? ' · Read' : '');
  return el('li', {
    class: `${mine ? 'mine' : 'theirs'} ${follows ? 'follows' : 'first'} ${event.failed ? 'failed' : ''}`,
  },
  avatar(event.authorId, author, 'small'),
  el('div', { class: 'bubble' },
    follows || conversation.kind === 'DIRECT' ? null : el('div', { class: 'author' }, author),
    event.replyTo
      ? el('div', { class: 'quote' }, quoted ? `${nameOf(quoted.authorId)}: ${quoted.text}` : 'An earlier message')
      : null,
    el('div', { class: 'body', dir: 'auto' }, event.text),
    el('span', { class: 'note' }, note)),
  event.seq === null ? null
    : el('button', { class: 'quiet reply-to', on: { click: () => setReply(event) } }, 'Reply'));
}

function isRead(conversation, seq) {
  return [...conversation.reads.values()].some((read) => read >= seq);
}

function membersText(event) {
  const inside = (id) => (id === session.user.id ? 'you' : nameOf(id));
  const list = (ids) => ids.map(inside).join(', ');
  const added = event.added ?? [];
  const removed = event.removed ?? [];
  const actor = event.actorId ? nameOf(event.actorId) : 'Someone';
  if (removed.length === 1 && removed[0] === event.actorId) return `${actor} left`;
  if (added.includes(event.actorId)) {
    const others = added.filter((id) => id !== event.actorId);
    return `${actor} created the group${others.length ? ` with ${list(others)}` : ''}`;
  }
  const parts = [];
  if (added.length) parts.push(`${actor} added ${list(added)}`);
  if (removed.length) parts.push(`${actor} removed ${list(removed)}`);
  return parts.join('; ') || 'The group has changed';
}

function drawTyping() {
  const conversation = openConversation();
  const now = Date.now();
  const names = conversation
    ? [...conversation.typing].filter(([, until]) => until > now).map(([id]) => nameOf(id)) : [];
  byId('typing').hidden = !names.length;
  byId('typing').textContent = names.length > 2 ? 'Several people are typing …'
    : `${names.join(' and ')} ${names.length > 1 ? 'are' : 'is'} typing …`;
}

function setReply(event) {
  replyTo = event;
  byId('reply').hidden = !event;
  byId('reply-text').textContent = event ? `Reply to ${nameOf(event.authorId)}: ${event.text}` : '';
  if (event) byId('text').focus();
}

function showLink(text) {
  byId('link').hidden = !text;
  byId('link').textContent = text ?? '';
}

// ---- Dialogs ---------------------------------------------------------------------------------

// Lists the people that a search finds; the latest search wins, however late an earlier one answers.
function peopleSearch(dialog, onChoose) {
  const list = dialog.querySelector('.people');
  let latest = 0;
  let timer = null;
  const find = async (query) => {
    latest += 1;
    const mine = latest;
    if (!query.trim()) {
      list.replaceChildren();
      return;
    }
    const page = await api('GET', `/users?query=${encodeURIComponent(query.trim())}&limit=20`);
    if (mine !== latest) return;
    const found = page.items.map(remember).filter((user) => user.id !== session.user.id);
    list.replaceChildren(...found.map((user) => el('li', {
      tabindex: '0',
      on: { click: () => onChoose(user), keydown: (event) => event.key === 'Enter' && onChoose(user) },
    },
    avatar(user.id, user.displayName || user.username, 'small'),
    el('span', {}, user.displayName || user.username),
    el('span', { class: 'handle' }, `@${user.username}`))));
    if (!found.length) list.append(el('li', { class: 'none' }, 'Nobody found.'));
  };
  const search = dialog.querySelector('.search');
  search.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => find(search.value).catch(complain), 200);
  });
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') event.preventDefault();
  });
}

const directDialog = byId('direct-dialog');
peopleSearch(directDialog, async (user) => {
  directDialog.close();
  try {
    const item = await api('POST', '/conversations/direct', { userId: user.id });
    await open(adopt(item).id);
  } catch (problem) {
    complain(problem);
  }
});

const groupDialog = byId('group-dialog');
const members = new Map();
peopleSearch(groupDialog, (user) => {
  members.set(user.id, user);
  drawChosen();
});

function drawChosen() {
  groupDialog.querySelector('.chosen').replaceChildren(...[...members.values()].map((user) =>
    el('button', {
      type: 'button',
      title: 'Remove',
      on: {
        click: () => {
          members.delete(user.id);
          drawChosen();
        },
      },
    }, `${user.displayName || user.username} ×`)));
}

byId('group-create').addEventListener('click', async () => {
  const name = groupDialog.querySelector('[name=name]').value.trim();
  if (!name) {
    groupDialog.querySelector('[name=name]').focus();
    return;
  }
  try {
    const group = await api('POST', '/groups', { name, description: '', memberIds: [...members.keys()] });
    groupDialog.close();
    await openWhenThere(group.id);
  } catch (problem) {
    complain(problem);
  }
});

// message-service hears of a new group by an event, a moment later.
async function openWhenThere(id) {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    await loadInbox();
    if (conversations.has(id)) {
      await open(id);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function show(dialog) {
  dialog.querySelectorAll('input').forEach((input) => {
    input.value = '';
  });
  dialog.querySelector('.people').replaceChildren();
  members.clear();
  if (dialog === groupDialog) drawChosen();
  dialog.showModal();
}

// ---- Signing in and out ----------------------------------------------------------------------

let registering = false;

function setRegistering(on) {
  registering = on;
  byId('tab-login').setAttribute('aria-selected', String(!on));
  byId('tab-register').setAttribute('aria-selected', String(on));
  document.querySelectorAll('.register-only').forEach((label) => {
    label.hidden = !on;
    label.querySelector('input').required = on;
  });
  byId('login-label').textContent = on ? 'Username' : 'Username or email';
  byId('sign-in-submit').textContent = on ? 'Create account' : 'Sign in';
  byId('forgot').hidden = on;
  askForCode(false);
  byId('sign-in').elements.password.autocomplete = on ? 'new-password' : 'current-password';
  byId('sign-in').querySelector('.error').hidden = true;
}

async function signIn(form) {
  const login = form.login.value.trim();
  let answer;
  try {
    answer = registering
      ? await request('POST', '/auth/register', {
        username: login,
        email: form.email.value.trim(),
        password: form.password.value,
        displayName: form.displayName.value.trim(),
        deviceName: deviceName(),
      })
      : await request('POST', '/auth/login', {
        login,
        password: form.password.value,
        deviceName: deviceName(),
        deviceToken: deviceOf(login),
        code: byId('second-factor').hidden ? undefined : form.code.value.trim(),
      });
  } catch (problem) {
    if (problem.slug === 'second-factor-required') {
      askForCode(true);
      return;
    }
    throw problem;
  }
  keepSession(answer);
  session.user ??= await api('GET', '/users/me');
  storeSession();
  form.password.value = '';
  askForCode(false);
  start();
}

function askForCode(on) {
  const code = byId('sign-in').elements.code;
  byId('second-factor').hidden = !on;
  code.required = on;
  code.value = '';
  if (on) code.focus();
}

function forgot() {
  const dialog = byId('forgot-dialog');
  const form = dialog.querySelector('form');
  form.elements.email.value = byId('sign-in').elements.login.value.includes('@')
    ? byId('sign-in').elements.login.value : '';
  form.querySelector('.error').hidden = true;
  dialog.showModal();
}

// ---- The address that is not confirmed yet ---------------------------------------------------

// Confirmed in another tab: the next token may do more, and the socket gets it at once.
async function lookAgain() {
  const user = await api('GET', '/users/me');
  const confirmed = session.user?.emailVerified === false && user.emailVerified !== false;
  session.user = user;
  storeSession();
  drawUnverified();
  drawAll();
  if (confirmed) await refresh();
}

function drawUnverified() {
  byId('unverified').hidden = session?.user?.emailVerified !== false;
  byId('unverified-text').textContent = session?.user?.email
    ? `Confirm your address: follow the link we sent to ${session.user.email}. Until then you can only read.` : '';
}

// ---- Renewing the token ----------------------------------------------------------------------

const RENEW_BEFORE_MS = 60_000;
let renewal = null;

// The socket ends with its token, so both are renewed a minute before that.
function scheduleRenewal() {
  clearTimeout(renewal);
  if (!session || !stomp) return;
  renewal = setTimeout(
    () => refresh().catch(() => scheduleRenewal()),
    Math.max(5_000, session.expiresAt - Date.now() - RENEW_BEFORE_MS));
}

sessionListeners.push(() => {
  if (stomp?.connected) {
    stomp.publish({
      destination: '/app/session/renew',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ accessToken: session.accessToken }),
    });
  }
  scheduleRenewal();
});

function signOut() {
  const old = session;
  clearTimeout(renewal);
  stomp?.deactivate();
  stomp = null;
  forgetSession();
  conversations.clear();
  pending.clear();
  people.clear();
  openId = null;
  inboxLoaded = false;
  if (old) request('POST', '/auth/logout', undefined, old.accessToken).catch(() => {});
  showWelcome();
}

function showWelcome() {
  byId('chat').hidden = true;
  byId('chat').classList.remove('open');
  byId('welcome').hidden = false;
  document.title = 'Parley';
}

function start() {
  byId('welcome').hidden = true;
  byId('chat').hidden = false;
  showLink('Connecting …');
  drawAll();
  drawUnverified();
  connect();
  scheduleRenewal();
  lookAgain().catch(() => {});
}

byId('tab-login').addEventListener('click', () => setRegistering(false));
byId('tab-register').addEventListener('click', () => setRegistering(true));
onSubmit(byId('sign-in'), signIn);
byId('forgot').addEventListener('click', forgot);
onSubmit(byId('forgot-dialog').querySelector('form'), async (form) => {
  await request('POST', '/auth/password/forgot', { email: form.email.value.trim() });
  byId('forgot-dialog').close();
  say('If there is an account with this address, a link is on its way to it.');
});
byId('forgot-cancel').addEventListener('click', () => byId('forgot-dialog').close());
byId('resend').addEventListener('click', () => api('POST', '/auth/email/resend')
  .then(() => say('Sent. It may take a minute.'))
  .catch(complain));
byId('sign-out').addEventListener('click', signOut);
byId('new-direct').addEventListener('click', () => show(directDialog));
byId('new-group').addEventListener('click', () => show(groupDialog));
byId('back').addEventListener('click', close);
byId('older').addEventListener('click', () => loadOlder().catch(complain));
byId('reply-cancel').addEventListener('click', () => setReply(null));
document.addEventListener('visibilitychange', () => {
  markRead();
  if (!document.hidden && session?.user?.emailVerified === false) lookAgain().catch(() => {});
});

const text = byId('text');

function fitText() {
  text.rows = Math.min(6, text.value.split('\n').length);
}

text.addEventListener('input', () => {
  fitText();
  sayTyping();
});
text.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    byId('compose').requestSubmit();
  }
});
byId('compose').addEventListener('submit', (event) => {
  event.preventDefault();
  if (text.value.trim() && openId) {
    sendMessage(text.value);
    text.value = '';
    fitText();
  }
});

onSessionLost = signOut;
if (session) start();
else showWelcome();
