// The dialogs that the parts of the page share: one that asks something, and one that lists something.

import { byId, complain, el } from '../client.js';
import { fillKeyed } from './keyed.js';
import { when } from './state.js';

const PAGE = 20;

document.querySelectorAll('dialog .cancel').forEach((button) =>
  button.addEventListener('click', () => button.closest('dialog').close('')));

// ---- Asking ----------------------------------------------------------------------------------

const asking = byId('ask-dialog');

/**
 * Answers whether the reader said yes.
 *
 * @param fields elements; what a reader can not decide has no `yes`
 */
export function ask({ heading, fields = [], yes, danger = false, no = 'Cancel' }) {
  byId('ask-heading').textContent = heading;
  byId('ask-fields').replaceChildren(...fields);
  byId('ask-yes').hidden = !yes;
  byId('ask-yes').textContent = yes ?? '';
  byId('ask-yes').className = danger ? 'danger' : 'primary';
  asking.querySelector('.cancel').textContent = no;
  asking.returnValue = '';
  asking.showModal();
  return new Promise((resolve) => {
    asking.addEventListener('close', () => resolve(asking.returnValue === 'yes'), { once: true });
  });
}

/** Ends the question as if the reader had said no. */
export const stopAsking = () => asking.close('');

// ---- Listing ---------------------------------------------------------------------------------

const dialog = byId('list-dialog');
const list = byId('list');
const more = byId('list-more');

let shown = null;

/** Something that can be listed; of all of them one is shown. */
export class Listing {
  #options;
  #items = [];
  #next = null;
  #turn = 0;

  /**
   * @param load (cursor, limit) → {items, next}, or a promise of it
   * @param row item → a row for fillKeyed; see listRow
   * @param none what is said when there is nothing; without it the list closes then
   * @param more what the button for the next page says
   * @param most how many a page may have
   */
  constructor({ heading, load, row, none, more: moreText = '', most = 50 }) {
    this.#options = { heading, load, row, none, moreText, most };
  }

  show() {
    shown = this;
    this.#items = [];
    this.#next = null;
    byId('list-heading').textContent = this.#options.heading;
    more.textContent = this.#options.moreText;
    more.hidden = true;
    list.replaceChildren();
    dialog.showModal();
    this.reload();
  }

  close() {
    if (this.isOpen) dialog.close();
  }

  get isOpen() {
    return dialog.open && shown === this;
  }

  /** What is listed may be something else by now; as much of it as one has seen stays. */
  reload() {
    if (this.isOpen) this.#load(null, Math.min(this.#options.most, Math.max(PAGE, this.#items.length)));
  }

  goOn() {
    this.#load(this.#next, PAGE);
  }

  async #load(cursor, limit) {
    this.#turn += 1;
    const turn = this.#turn;
    try {
      const page = await this.#options.load(cursor, limit);
      if (turn !== this.#turn || !this.isOpen) return;
      this.#items = cursor ? [...this.#items, ...page.items] : page.items;
      this.#next = page.next ?? null;
      this.draw();
    } catch (problem) {
      complain(problem);
    }
  }

  draw() {
    const { row, none } = this.#options;
    const rows = this.#items.map(row);
    more.hidden = !this.#next;
    if (!rows.length && !this.#next && !none) this.close();
    else if (!rows.length) rows.push({ key: 'none', shows: none, make: () => el('li', {}, none ?? '') });
    const hadFocus = list.contains(document.activeElement);
    fillKeyed(list, rows);
    // The row is gone.
    if (hadFocus && !list.contains(document.activeElement)) dialog.querySelector('button:not([hidden])').focus();
  }
}

when(['people'], () => shown?.isOpen && shown.draw());
more.addEventListener('click', () => shown.goOn());

/**
 * A row of a list: what it is about, and below that what was said.
 *
 * @param lines elements
 * @param go leads to it, if anything does
 * @param actions of {text, action}: what else one can do with it
 */
export function listRow({ key, title, lines = [], go, badge, actions = [] }) {
  const about = [el('span', { class: 'soft', dir: 'auto' }, title), ...lines.filter(Boolean)];
  return {
    key,
    shows: JSON.stringify([about.map((line) => line.textContent), badge?.textContent, actions.map(({ text }) => text), Boolean(go)]),
    make: () => el('li', {},
      go ? el('button', { type: 'button', class: 'about', 'data-focus': `go-${key}`, on: { click: () => go() } }, ...about)
        : el('div', { class: 'about' }, ...about),
      badge,
      actions.length ? el('div', { class: 'doing' }, ...actions.map(({ text, action }, at) => el('button', {
        type: 'button', class: 'quiet', 'data-focus': `do-${at}-${key}`, on: { click: () => action() },
      }, text))) : null),
  };
}

/** A line of a row, as text. */
export const line = (text, classes) => el('span', { class: classes, dir: 'auto' }, text);
