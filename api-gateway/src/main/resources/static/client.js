// What all pages share: the session and its calls. Everything that people wrote reaches a page as
// text nodes, never as markup.

export const byId = (id) => document.getElementById(id);

export function el(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name === 'on') {
      Object.entries(value).forEach(([event, listener]) => element.addEventListener(event, listener));
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// ---- Session and REST ------------------------------------------------------------------------

export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title || `The server answered ${status}`);
    this.status = status;
    this.slug = String(body.type ?? '').split('/').pop();
    this.errors = body.errors ?? [];
  }
}

// Kept in this tab only; it ends with it.
export let session = JSON.parse(sessionStorage.getItem('parley.session') ?? 'null');
let refreshing = null;
const renewed = [];

/** Hears of each new token of the session. */
export const onRenewed = (listener) => renewed.push(listener);

export function keepSession(answer) {
  session = {
    user: answer.user ?? session?.user,
    accessToken: answer.accessToken,
    refreshToken: answer.refreshToken,
    expiresAt: Date.now() + answer.expiresIn * 1000,
  };
  storeSession();
  keepDevice(answer);
  renewed.forEach((listener) => listener());
}

export function storeSession() {
  sessionStorage.setItem('parley.session', JSON.stringify(session));
}

// Tells the server at the next login that this browser was used before: an attacker who locks the
// account for strangers does not lock this one out. Worth nothing without the password.
function keepDevice(answer) {
  if (answer.deviceToken && session.user) {
    for (const name of [session.user.username, session.user.email]) {
      if (name) localStorage.setItem(`parley.device.${name.toLowerCase()}`, answer.deviceToken);
    }
  }
}

// Of a password that was reset here, when nobody knew yet whose it was.
export const RESET_DEVICE = 'parley.device.';

export const deviceOf = (login) => localStorage.getItem(`parley.device.${login.toLowerCase()}`)
  ?? localStorage.getItem(RESET_DEVICE) ?? undefined;

// A name for the list of sessions, from what the browser says of itself.
export function deviceName() {
  const agent = navigator.userAgent;
  const browser = /Edg\//.test(agent) ? 'Edge' : /Firefox\//.test(agent) ? 'Firefox'
    : /Chrome\//.test(agent) ? 'Chrome' : /Safari\//.test(agent) ? 'Safari' : 'Browser';
  const system = /Android/.test(agent) ? 'Android' : /iPhone|iPad/.test(agent) ? 'iOS'
    : /Windows/.test(agent) ? 'Windows' : /Mac OS/.test(agent) ? 'macOS' : /Linux/.test(agent) ? 'Linux' : '';
  return system ? `${browser} on ${system}` : browser;
}

export function forgetSession() {
  session = null;
  sessionStorage.removeItem('parley.session');
}

export const request = async (...call) => (await exchange(...call)).body;

async function exchange(method, path, body, token, etag) {
  const headers = {};
  if (etag) headers['If-Match'] = etag;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (token) headers.Authorization = `Bearer ${token}`;
  const response = await fetch(`/api/v1${path}`, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  let json = null;
  try {
    json = text ? JSON.parse(text) : null;
  } catch {
    json = {};
  }
  if (!response.ok) throw new Problem(response.status, json ?? {});
  return { body: json, etag: response.headers.get('ETag') };
}

let lost = () => {
  forgetSession();
  location.assign('/');
};

/** What a page does when the session has ended; otherwise people are asked to sign in. */
export function whenSessionIsLost(action) {
  lost = action;
}

// One refresh at a time: each refresh token is good for one use.
export function refresh() {
  refreshing ??= request('POST', '/auth/refresh', { refreshToken: session.refreshToken })
    .then(keepSession)
    .catch((problem) => {
      if (problem.status === 401 || problem.status === 400) lost();
      throw problem;
    })
    .finally(() => {
      refreshing = null;
    });
  return refreshing;
}

export async function freshToken() {
  if (session.expiresAt - Date.now() < 30_000) await refresh();
  return session.accessToken;
}

export const api = async (...call) => (await authorized(...call)).body;

/** Changes what can be changed only as one has read it. */
export async function patch(path, change) {
  const { etag } = await authorized('GET', path);
  return (await authorized('PATCH', path, change, etag)).body;
}

async function authorized(method, path, body, etag) {
  try {
    return await exchange(method, path, body, await freshToken(), etag);
  } catch (problem) {
    if (problem.status !== 401 || !session) throw problem;
    await refresh();
    return exchange(method, path, body, session.accessToken, etag);
  }
}

// ---- Small things that pages share -------------------------------------------------------------

export function say(text) {
  const toast = el('p', { class: 'toast' }, text);
  byId('toasts').append(toast);
  setTimeout(() => toast.remove(), 6000);
}

export const complain = (problem) => say(problem.message || String(problem));

// Submits a form once at a time and shows what went wrong in its own line.
export function onSubmit(form, action) {
  const error = form.querySelector('.error');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = form.querySelector('button.primary, button.danger');
    button.disabled = true;
    error.hidden = true;
    try {
      await action(form.elements, form);
    } catch (problem) {
      error.textContent = problem.message || String(problem);
      error.hidden = false;
    } finally {
      button.disabled = false;
    }
  });
}
