// Browsers of users, and what a person does on the chat page: by roles and labels, as a reader finds things.

import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

export const ADDRESS = process.env.PARLEY_ADDRESS ?? `http://localhost:${process.env.PARLEY_PORT ?? 18080}`;
// Where the fleet's mails are; empty: accounts need no verified address.
const MAILS = process.env.PARLEY_MAILS ?? `http://localhost:${Number(process.env.PARLEY_PORT ?? 18080) + 9}`;
// Where the fake FCM is.
export const PUSHES = process.env.PARLEY_PUSHES ?? `http://localhost:${Number(process.env.PARLEY_PORT ?? 18080) + 6}`;
const PATIENCE_MS = 30_000;
export const PASSWORD = 'correct horse battery staple';

export const pictures = process.env.PARLEY_SCREENSHOTS ?? mkdtempSync(join(tmpdir(), 'parley-page-'));

export async function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
}

/** One tab of one user. Whatever the browser complains of fails the run in the end. */
export class Tab {
  static complaints = [];

  static async open(browser, name, options = {}) {
    const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1100, height: 760 }, ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    // Everything that the page consists of, from a machine that is busy.
    context.setDefaultNavigationTimeout(2 * PATIENCE_MS);
    const page = await context.newPage();
    const note = (text) => Tab.complaints.push(`${name}: ${text}`);
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && note(message.text()));
    page.on('pageerror', (error) => note(error.stack ?? String(error)));
    // Told by the page itself: a violation of the policy need not be an error of the console.
    await page.exposeFunction('tellViolation', note);
    await page.addInitScript(() => document.addEventListener('securitypolicyviolation',
      (event) => globalThis.tellViolation(`policy: ${event.violatedDirective} ${event.blockedURI}`)));
    return new Tab(name, page);
  }

  constructor(name, page) {
    this.name = name;
    this.page = page;
    this.text = page.getByLabel('Message', { exact: true });
  }

  async register(username, displayName) {
    const form = this.page.locator('#sign-in');
    await this.page.goto(ADDRESS);
    await form.locator('#tab-register').click();
    await form.getByLabel('Display name').fill(displayName);
    await form.getByLabel('Email').fill(`${username}@browser.example`);
    await form.getByLabel('Username').fill(username);
    await form.getByLabel('Password').fill(PASSWORD);
    await form.locator('#sign-in-submit').click();
    await this.page.getByRole('button', { name: 'New chat' }).waitFor();
    if (MAILS) await this.confirmAddress(`${username}@browser.example`);
  }

  /** Follows a link to confirm an address, in another tab as people do. */
  async follow(link) {
    const tab = await this.page.context().newPage();
    await tab.goto(ADDRESS + link.slice(link.indexOf('/verify-email#')));
    await tab.getByRole('button', { name: 'Confirm' }).click();
    await tab.getByText('Your address is confirmed.').waitFor();
    await tab.close();
  }

  async confirmAddress(email) {
    await this.follow(await linkTo(email, '/verify-email#'));
    // The page finds out when it is looked at again, and gets a token that may do more.
    await this.page.reload({ waitUntil: 'commit' });
    await this.page.getByRole('button', { name: 'New chat' }).waitFor();
    await eventually(`a token by which ${this.name} may write`, () => this.page.evaluate(() => {
      const { accessToken } = JSON.parse(sessionStorage.getItem('parley.session'));
      return atob(accessToken.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')).includes('messages:write');
    }));
    await this.page.locator('#unverified').waitFor({ state: 'hidden' });
  }

  async signIn(username) {
    const form = this.page.locator('#sign-in');
    await this.page.goto(ADDRESS);
    await form.getByLabel('Username or email').fill(username);
    await form.getByLabel('Password').fill(PASSWORD);
    await form.locator('#sign-in-submit').click();
    await this.page.getByRole('button', { name: 'New chat' }).waitFor();
  }

  async startChat(username) {
    const dialog = this.page.locator('#people-dialog');
    await this.page.getByRole('button', { name: 'New chat' }).click();
    await dialog.getByLabel('Search people').fill(username);
    await dialog.getByRole('button', { name: `@${username}` }).click();
    await this.text.waitFor();
  }

  async startGroup(name, usernames) {
    const dialog = this.page.locator('#people-dialog');
    await this.page.getByRole('button', { name: 'New group' }).click();
    await dialog.getByLabel('Name of the group').fill(name);
    for (const username of usernames) {
      await dialog.getByLabel('Add people').fill(username);
      await dialog.getByRole('button', { name: `@${username}` }).click();
    }
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    await this.page.getByRole('heading', { name }).waitFor();
  }

  /** The row of a conversation in the list. */
  row(name) {
    return this.page.locator('#inbox li').filter({ has: this.page.locator('.name', { hasText: name }) });
  }

  async choose(name) {
    await this.row(name).locator('.choose').click();
    await this.page.getByRole('heading', { name }).waitFor();
  }

  async say(text) {
    await this.text.fill(text);
    await this.text.press('Enter');
    await this.message(text).locator('time').waitFor();
  }

  /** Says something in the thread that is open. */
  async reply(text) {
    await this.page.getByLabel('Reply in the thread').fill(text);
    await this.page.getByLabel('Reply in the thread').press('Enter');
    await this.inThread(text).locator('time').waitFor();
  }

  /** The message of the open thread that says this. */
  inThread(text) {
    return this.page.locator('#thread-messages > li[data-seq]').filter({ has: this.page.locator('.body', { hasText: text }) });
  }

  /** The message that says this. */
  message(text) {
    return this.page.locator('#events > li[data-seq]').filter({ has: this.page.locator('.body', { hasText: text }) });
  }

  async sees(text) {
    await this.message(text).waitFor();
  }

  async misses(text) {
    await this.message(text).waitFor({ state: 'detached' });
  }

  /** Chooses from a message's menu. */
  async act(text, action) {
    await this.message(text).hover();
    await this.message(text).getByLabel('What to do with this message').click();
    await this.page.getByRole('menuitem', { name: action, exact: true }).click();
  }

  async settle(name, action) {
    await this.row(name).hover();
    await this.row(name).getByLabel('What to do with').click();
    await this.page.getByRole('menu').getByText(action, { exact: true }).click();
  }

  async confirm() {
    await this.page.locator('#ask-dialog').getByRole('button', { name: 'Delete' }).click();
  }

  /** The row of the open list that says this. */
  listed(text) {
    return this.page.locator('#list > li').filter({ hasText: text });
  }

  async closeList() {
    await this.page.locator('#list-dialog').getByRole('button', { name: 'Close' }).click();
  }

  /** Chooses from the menu of the open conversation. */
  async actOnConversation(action) {
    await this.page.getByLabel('What to do with this conversation').click();
    await this.page.getByRole('menuitem', { name: action, exact: true }).click();
  }

  /** Sets how long messages stay in the open conversation: an option by its name, or {count, unit}. */
  async keepMessages(time) {
    await this.actOnConversation('Disappearing messages …');
    const dialog = this.page.locator('#ask-dialog');
    await dialog.getByLabel('New messages disappear').selectOption(time.unit ? 'other' : { label: time });
    if (time.unit) {
      await dialog.getByLabel('How many').fill(String(time.count));
      await dialog.getByLabel('Unit').selectOption(time.unit);
    }
    await dialog.getByRole('button', { name: 'Set' }).click();
    await dialog.waitFor({ state: 'hidden' });
  }

  /** Chooses how to appear: what `fill` does in the dialog is saved. */
  async appear(fill) {
    const dialog = this.page.locator('#presence-dialog');
    await this.page.locator('#me').click();
    // The privacy settings are there.
    await dialog.locator('[name=lastSeen]:enabled').waitFor();
    await fill(dialog);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'hidden' });
  }

  async picture(name) {
    await this.page.screenshot({ path: join(pictures, `${name}.png`) });
  }
}

/** The first link with this in it that was mailed to somebody. */
export async function linkTo(email, part) {
  let found;
  await eventually(`a mail to ${email}`, async () => {
    const mails = await mailsTo(email);
    found = mails.flatMap((text) => text.match(/https?:\/\/[^\s<>"]+/g) ?? []).find((link) => link.includes(part));
    return found !== undefined || mails;
  });
  return found;
}

/** What was mailed to somebody, with its header. */
export async function mailsTo(email) {
  const answer = await fetch(`${MAILS}/api/user/${encodeURIComponent(email)}/messages`);
  return answer.ok ? (await answer.json()).map((mail) => decoded(mail.mimeMessage)) : [`status ${answer.status}`];
}

/** Quoted-printable (RFC 2045, 6.7), as far as ASCII goes. */
function decoded(text) {
  return text.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
}

/** Looks again and again until it holds. */
export async function eventually(what, look) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const seen = await look();
    if (seen === true) return;
    if (Date.now() > end) assert.fail(`${what}: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
