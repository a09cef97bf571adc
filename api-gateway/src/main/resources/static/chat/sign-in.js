// Signing in, and making an account.

import {
  api, byId, deviceName, deviceOf, keepSession, onSubmit, request, say, session, storeSession,
} from '../client.js';

const form = byId('sign-in');
const forgotDialog = byId('forgot-dialog');

let registering = false;

/** @param onSignedIn called when there is a session */
export function setUpSignIn(onSignedIn) {
  onSubmit(form, async (fields) => {
    const answer = await (registering ? register(fields) : login(fields));
    if (!answer) return;
    keepSession(answer);
    session.user ??= await api('GET', '/users/me');
    storeSession();
    fields.password.value = '';
    askForCode(false);
    onSignedIn();
  });
}

const register = (fields) => request('POST', '/auth/register', {
  username: fields.login.value.trim(),
  email: fields.email.value.trim(),
  password: fields.password.value,
  displayName: fields.displayName.value.trim(),
  deviceName: deviceName(),
});

// Answers null when a second factor is needed first.
async function login(fields) {
  const name = fields.login.value.trim();
  try {
    return await request('POST', '/auth/login', {
      login: name,
      password: fields.password.value,
      deviceName: deviceName(),
      deviceToken: deviceOf(name),
      code: byId('second-factor').hidden ? undefined : fields.code.value.trim(),
    });
  } catch (problem) {
    if (problem.slug !== 'second-factor-required') throw problem;
    askForCode(true);
    return null;
  }
}

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
  form.elements.password.autocomplete = on ? 'new-password' : 'current-password';
  form.querySelector('.error').hidden = true;
}

function askForCode(on) {
  const { code } = form.elements;
  byId('second-factor').hidden = !on;
  code.required = on;
  code.value = '';
  if (on) code.focus();
}

byId('tab-login').addEventListener('click', () => setRegistering(false));
byId('tab-register').addEventListener('click', () => setRegistering(true));
byId('forgot').addEventListener('click', () => {
  const fields = forgotDialog.querySelector('form').elements;
  fields.email.value = form.elements.login.value.includes('@') ? form.elements.login.value : '';
  forgotDialog.querySelector('.error').hidden = true;
  forgotDialog.showModal();
});
onSubmit(forgotDialog.querySelector('form'), async (fields) => {
  await request('POST', '/auth/password/forgot', { email: fields.email.value.trim() });
  forgotDialog.close();
  say('If there is an account with this address, a link is on its way to it.');
});
