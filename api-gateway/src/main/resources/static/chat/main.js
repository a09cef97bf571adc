// The chat page: puts its parts together, and has it begin and end with the session.

import {
  api, byId, complain, el, forgetSession, refresh, request, say, session, storeSession, whenSessionIsLost,
} from '../client.js';
import { beginBell, endBell, whenNotificationIsClicked } from './bell.js';
import './composer.js';
import { openConversationMenu } from './conversation-menu.js';
import { jumpTo } from './conversation-view.js';
import { close, markRead, open } from './conversations.js';
import { forgetDrafts, loadDrafts, storeDrafts } from './drafts.js';
import './events.js';
import { drawInbox } from './inbox-view.js';
import { takeLink } from './links.js';
import './new-chat.js';
import { avatar, forgetPeople } from './people.js';
import './pins-view.js';
import { choosePresence, chosenText, sayWhetherLookedAt, takeChosen, watchAnew } from './presence.js';
import { sayHeads } from './receipts.js';
import './saved-view.js';
import { forgetSaved } from './saved.js';
import { forgetScheduled } from './scheduled.js';
import { setUpSignIn } from './sign-in.js';
import { client } from './socket.js';
import { changed, conversations, forgetAll, openConversation, view, when } from './state.js';
import './thread-view.js';
import './threads-view.js';
import { forgetThreads } from './threads.js';

const myName = () => session.user.displayName || session.user.username;

// ---- The session -----------------------------------------------------------------------------

function start() {
  byId('welcome').hidden = true;
  byId('chat').hidden = false;
  showLink('Connecting …');
  changed('me', 'inbox', 'opened');
  client.start();
  lookAgain().catch(() => {});
  beginBell().catch(() => {});
}

client.on('state', (state) => {
  if (state.name === 'online') resume().catch(complain);
  else if (state.name === 'waiting') showLink('No connection. Trying again …');
  else if (state.name === 'signed-out') signOut();
});

async function resume() {
  showLink(null);
  view.inboxLoaded = true;
  changed('inbox');
  watchAnew();
  sayHeads();
  forgetSaved();
  loadDrafts().catch(complain);
  markRead();
  await followLink();
}

function signOut() {
  const old = session;
  forgetSession();
  client.forget();
  forgetAll();
  forgetPeople();
  forgetDrafts();
  forgetSaved();
  forgetScheduled();
  forgetThreads();
  takeChosen({ show: 'auto' });
  changed('opened');
  if (old) {
    endBell(old.user.id).catch(() => {});
    // By the refresh token: the access token may have expired.
    request('POST', '/auth/revoke', { refreshToken: old.refreshToken }).catch(() => {});
  }
  showWelcome();
}

function showWelcome() {
  byId('chat').hidden = true;
  byId('welcome').hidden = false;
  document.title = 'Parley';
}

function showLink(text) {
  byId('link').hidden = !text;
  byId('link').textContent = text ?? '';
}

// Confirmed in another tab: the next token may do more, and the socket gets it at once.
async function lookAgain() {
  const user = await api('GET', '/users/me');
  const confirmed = session.user?.emailVerified === false && user.emailVerified !== false;
  session.user = user;
  storeSession();
  changed('me');
  if (confirmed) await refresh();
}

// ---- What is above the list ------------------------------------------------------------------

when(['me'], () => {
  if (!session) return;
  byId('me').replaceChildren(
    avatar(session.user.id, myName()),
    el('span', { class: 'my-name', dir: 'auto' }, myName(),
      el('span', { class: 'my-status', dir: 'auto' },
        chosenText())));
  byId('unverified').hidden = session.user.emailVerified !== false;
  byId('unverified-text').textContent =
    `Confirm your address: follow the link we sent to ${session.user.email}. Until then you can only read.`;
});

byId('me').addEventListener('click', choosePresence);
byId('resend').addEventListener('click', () => api('POST', '/auth/email/resend')
  .then(() => say('Sent. It may take a minute.'))
  .catch(complain));
byId('sign-out').addEventListener('click', signOut);

// ---- Conversations ---------------------------------------------------------------------------

drawInbox((id) => open(id).catch(complain));
byId('back').addEventListener('click', () => {
  const id = view.openId;
  close();
  setTimeout(() => document.querySelector(`[data-focus="choose-${id}"]`)?.focus());
});
byId('conversation-menu').addEventListener('click', (event) =>
  openConversationMenu(event.currentTarget, openConversation()));

/** Opens the message that the address names, if it names one. */
async function followLink() {
  const link = takeLink();
  if (link) await follow(link);
}

async function follow(link) {
  if (!conversations.has(link.id)) {
    say('The link leads to a conversation that you are not in.');
    return;
  }
  if (view.openId !== link.id) await open(link.id);
  await jumpTo(link.seq);
}

whenNotificationIsClicked(({ conversationId, seq }) =>
  session && follow({ id: conversationId, seq }).catch(complain));
window.addEventListener('hashchange', () => session && followLink().catch(complain));
document.addEventListener('visibilitychange', () => {
  if (!session) return;
  sayWhetherLookedAt();
  markRead();
  if (document.hidden) storeDrafts();
  else if (session.user?.emailVerified === false) lookAgain().catch(() => {});
});

// ----------------------------------------------------------------------------------------------

setUpSignIn(start);
whenSessionIsLost(signOut);
if (session) start();
else showWelcome();
