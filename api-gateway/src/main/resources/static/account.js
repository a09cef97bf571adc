// The account page.

import {
  Problem, api, byId, complain, el, forgetSession, freshToken, onSubmit, request, say, session, storeSession,
} from './client.js';
import { askForCodes, confirmation, confirmed } from './step-up.js';

const SCOPES = [
  'account:read', 'account:write', 'media:write', 'users:read', 'messages:read', 'messages:write', 'groups:read',
  'groups:manage', 'notifications:manage',
];

const dateFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const when = (at) => dateFormat.format(new Date(at));

function row(title, note, label, action) {
  return el('li', {},
    el('div', { class: 'what' }, el('span', {}, title), el('span', {}, note)),
    label ? el('button', { on: { click: () => action().catch(complain) } }, label) : null);
}

function fill(id, rows, none) {
  byId(id).replaceChildren(...(rows.length ? rows : [el('li', {}, el('p', {}, none))]));
}

// ---- Address and password --------------------------------------------------------------------

function drawUser() {
  const user = session.user;
  byId('name').textContent = `${user.displayName || user.username} (@${user.username})`;
  byId('address').textContent = user.emailVerified === false
    ? `${user.email}, not confirmed yet` : user.email ?? '';
  const since = user.emailUnreachableSince;
  byId('unreachable').textContent = since
    ? `Mails to this address have come back since ${when(since)}, so nothing is sent to it any more. `
      + 'If it works again, have the link to confirm it sent, and follow it; else set another address.' : '';
  byId('unreachable').hidden = !since;
  byId('resend').hidden = user.emailVerified !== false && !since;
}

async function loadUser() {
  session.user = await api('GET', '/users/me');
  storeSession();
  drawUser();
}

byId('resend').addEventListener('click', () => api('POST', '/auth/email/resend')
  .then(() => say('Sent. It may take a minute.'))
  .catch(complain));

onSubmit(byId('email-form'), async (form, element) => {
  await confirmed(() => api('PUT', '/users/me/email', { email: form.email.value.trim(), ...confirmation(form) }));
  say(`Follow the link that we sent to ${form.email.value.trim()}.`);
  element.reset();
});

onSubmit(byId('password-form'), async (form, element) => {
  await api('PUT', '/users/me/password', {
    currentPassword: form.currentPassword.value,
    newPassword: form.newPassword.value,
    revokeTokens: form.revokeTokens.checked,
  });
  element.reset();
  say('The password is changed.');
  await Promise.all([loadSessions(), loadTokens()]);
});

// ---- Sessions --------------------------------------------------------------------------------

async function loadSessions() {
  const page = await api('GET', '/users/me/sessions');
  fill('sessions', page.items.map((item) => row(
    item.current ? `${item.device || 'Unknown device'} (this one)` : item.device || 'Unknown device',
    `${item.address} · last used ${when(item.usedAt)} · since ${when(item.createdAt)}`,
    item.current ? null : 'Sign out',
    async () => {
      await api('DELETE', `/users/me/sessions/${item.id}`);
      await loadSessions();
    })), 'None.');
  byId('end-others').hidden = page.items.length < 2;
}

byId('end-others').addEventListener('click', () => api('DELETE', '/users/me/sessions')
  .then(loadSessions)
  .catch(complain));

// ---- Second factor ---------------------------------------------------------------------------

async function loadSecondFactor() {
  const state = await api('GET', '/users/me/totp');
  byId('totp-state').textContent = state.enabled
    ? `It is on. Recovery codes left: ${state.recoveryCodesLeft}.`
    : 'It is off: your password alone opens the account.';
  byId('totp-begin').hidden = state.enabled;
  byId('totp-confirm').hidden = true;
  byId('totp-disable').hidden = !state.enabled;
  askForCodes(state.enabled);
}

onSubmit(byId('totp-begin'), async (form, element) => {
  const made = await api('POST', '/users/me/totp', { password: form.password.value });
  element.reset();
  byId('totp-secret').textContent = made.secret;
  byId('totp-uri').textContent = made.uri;
  // Only ever an authenticator's link, whatever the answer says.
  if (made.uri.startsWith('otpauth://')) byId('totp-uri').href = made.uri;
  byId('totp-begin').hidden = true;
  byId('totp-confirm').hidden = false;
  byId('totp-confirm').elements.code.focus();
});

onSubmit(byId('totp-confirm'), async (form, element) => {
  const made = await api('POST', '/users/me/totp/confirm', { code: form.code.value.trim() });
  element.reset();
  byId('totp-secret').textContent = '';
  byId('totp-uri').textContent = '';
  byId('totp-uri').removeAttribute('href');
  byId('recovery-codes').textContent = made.recoveryCodes.join('\n');
  byId('recovery').hidden = false;
  await loadSecondFactor();
});

onSubmit(byId('totp-disable'), async (form, element) => {
  await api('POST', '/users/me/totp/disable', {
    password: form.password.value,
    code: form.code.value.trim(),
  });
  element.reset();
  byId('recovery').hidden = true;
  byId('recovery-codes').textContent = '';
  await loadSecondFactor();
});

// ---- Personal access tokens ------------------------------------------------------------------

byId('scopes').append(...SCOPES.map((scope) => el('label', {},
  el('input', { type: 'checkbox', name: 'scope', value: scope }), el('code', {}, scope))));

async function loadTokens() {
  const page = await api('GET', '/users/me/tokens');
  fill('tokens', page.items.map((token) => row(
    token.name,
    `${token.scopes.join(' ')} · ends ${when(token.expiresAt)} · ${token.usedAt ? `last used ${when(token.usedAt)}` : 'never used'}`,
    'Revoke',
    async () => {
      await api('DELETE', `/users/me/tokens/${token.id}`);
      await loadTokens();
    })), 'None.');
}

onSubmit(byId('token-form'), async (form, element) => {
  const scopes = [...element.querySelectorAll('[name=scope]:checked')].map((box) => box.value);
  if (!scopes.length) throw new Error('Choose at least one scope.');
  const made = await confirmed(() => api('POST', '/users/me/tokens', {
    name: form.name.value.trim(),
    scopes,
    expiresAt: new Date(Date.now() + Number(form.days.value) * 86_400_000).toISOString(),
    ...confirmation(form),
  }));
  element.reset();
  byId('token-secret').textContent = made.token;
  byId('token-made').hidden = false;
  await loadTokens();
});

// ---- Contacts and blocks ---------------------------------------------------------------------

// Two lists of people, `contacts` and `blocks`, in which somebody is put by the username.
async function loadPeople(name, label) {
  const page = await api('GET', `/${name}?limit=200`);
  fill(name, page.items.map((user) => row(
    user.displayName || user.username,
    `@${user.username} · since ${when(user.since)}`,
    label,
    async () => {
      await api('DELETE', `/${name}/${user.id}`);
      await loadPeople(name, label);
    })), 'Nobody.');
}

const loadContacts = () => loadPeople('contacts', 'Remove');
const loadBlocks = () => loadPeople('blocks', 'Unblock');

// A block takes somebody off the contacts as well.
for (const name of ['contacts', 'blocks']) {
  onSubmit(byId(`${name}-form`), async (form, element) => {
    const username = form.username.value.trim().replace(/^@/, '').toLowerCase();
    const page = await api('GET', `/users?query=${encodeURIComponent(username)}&limit=20`);
    const found = page.items.find((user) => user.username === username);
    if (!found) throw new Error('There is nobody with this username.');
    await api('PUT', `/${name}/${found.id}`);
    element.reset();
    await Promise.all([loadContacts(), loadBlocks()]);
  });
}

// ---- Export and erasure ----------------------------------------------------------------------

byId('export').addEventListener('click', async () => {
  byId('export').disabled = true;
  try {
    const response = await fetch('/api/v1/users/me/export', {
      headers: { Authorization: `Bearer ${await freshToken()}` },
    });
    if (!response.ok) throw new Problem(response.status, await response.json().catch(() => ({})));
    const url = URL.createObjectURL(await response.blob());
    el('a', { href: url, download: `parley-${session.user.username}.zip` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  } catch (problem) {
    complain(problem);
  } finally {
    byId('export').disabled = false;
  }
});

onSubmit(byId('erase-form'), async (form, element) => {
  const accepted = await confirmed(() => api('POST', '/users/me/erasure', {
    messages: form.messages.value,
    ...confirmation(form),
  }));
  forgetSession();
  element.hidden = true;
  for (const section of document.querySelectorAll('.account section')) {
    section.hidden = !section.contains(element);
  }
  byId('erasure').hidden = false;
  await followErasure(accepted.statusToken);
});

async function followErasure(token) {
  for (let left = 300; left > 0; left -= 1) {
    const state = await request('GET', `/erasures/${encodeURIComponent(token)}`).catch(() => null);
    if (state?.doneAt) {
      byId('erasure').textContent = 'Your account and all that belonged to it are erased.';
      return;
    }
    const waiting = Object.entries(state?.services ?? {}).filter(([, at]) => !at).map(([name]) => name);
    byId('erasure').textContent = waiting.length
      ? `Your account is erased. Still at work: ${waiting.join(', ')}.` : 'Your account is being erased …';
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
}

// ----------------------------------------------------------------------------------------------

if (session) {
  byId('account').hidden = false;
  drawUser();
  for (const load of [loadUser, loadSessions, loadSecondFactor, loadTokens, loadContacts, loadBlocks]) {
    load().catch(complain);
  }
} else {
  location.replace('/');
}
