// The pages behind the links in mails. The token is in the fragment, which no server and no other page
// gets to see, and it leaves the address bar at once.

import { RESET_DEVICE, byId, onSubmit, request } from './client.js';

const token = decodeURIComponent(location.hash.slice(1));
history.replaceState(null, '', location.pathname);

function done(form, text) {
  byId('done').textContent = text;
  byId('done').hidden = false;
  form.querySelectorAll('label, button, p:not(#done)').forEach((part) => {
    part.hidden = true;
  });
}

// A click, not the mere visit: programs that look into mails follow links too.
const verify = byId('verify-email');
if (verify) {
  onSubmit(verify, async (form) => {
    try {
      await request('POST', '/auth/email/verify', { token, password: form.password.value || undefined });
    } catch (problem) {
      // The address makes an admin, so its owner has to be the one who registered with it.
      if (problem.slug === 'password-required') {
        byId('password').hidden = false;
        form.password.focus();
      }
      throw problem;
    }
    done(verify, 'Your address is confirmed.');
  });
}

const keep = byId('keep-email');
if (keep) {
  onSubmit(keep, async () => {
    await request('POST', '/auth/email/cancel', { token });
    done(keep, 'Your address stays. If it was not you who asked for another one, change your password and sign out everywhere else.');
  });
}

const reset = byId('reset-password');
if (reset) {
  onSubmit(reset, async (form) => {
    if (form.newPassword.value !== form.again.value) throw new Error('The two are not the same.');
    const answer = await request('POST', '/auth/password/reset', {
      token,
      newPassword: form.newPassword.value,
    });
    if (answer?.deviceToken) localStorage.setItem(RESET_DEVICE, answer.deviceToken);
    done(reset, 'Your password is changed. Sign in with it.');
  });
}

const unsubscribe = byId('unsubscribe');
if (unsubscribe) {
  onSubmit(unsubscribe, async () => {
    await request('POST', `/notifications/unsubscribe?token=${encodeURIComponent(token)}`);
    done(unsubscribe, 'You get no more of these mails.');
  });
}

if (!token) {
  const form = verify ?? keep ?? reset ?? unsubscribe;
  done(form, 'This link is not complete. Open it from the mail once more, or ask for a new one.');
}
