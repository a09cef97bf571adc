// What lets somebody in, asked for once more: the password, and a code while the second factor is on.
// A form says with `data-code` where the code is typed.

import { Problem } from './client.js';

/** Shows or hides the fields for a code. */
export function askForCodes(whether) {
  document.querySelectorAll('[data-code]').forEach((label) => {
    label.hidden = !whether;
    label.querySelector('input').required = whether;
  });
}

/** The members of a command that is to be confirmed. */
export function confirmation(form) {
  return { password: form.password.value, code: form.code.value.trim() || undefined };
}

/** Makes a call, and asks for a code if the second factor was switched on elsewhere meanwhile. */
export async function confirmed(call) {
  try {
    return await call();
  } catch (problem) {
    if (problem instanceof Problem && problem.slug === 'code-required') askForCodes(true);
    throw problem;
  }
}
