// What opens above the page at a button: menus and small dialogs. One at a time; Escape and a click
// elsewhere close it, and focus goes back to the button.

import { el } from '../client.js';
import { focusOn } from './keyed.js';

const EDGE = 8;

let close = () => {};

export const closePopup = () => close();

/** Shows the element at the button, and focuses what it begins with. */
export function popUp(button, element) {
  close();
  element.setAttribute('popover', 'auto');
  element.classList.add('popup');
  document.body.append(element);
  element.showPopover();
  place(button, element);
  button.setAttribute('aria-expanded', 'true');
  let closed = false;
  close = () => {
    if (closed) return;
    closed = true;
    const hadFocus = element.contains(document.activeElement) || document.activeElement === document.body;
    element.remove();
    button.removeAttribute('aria-expanded');
    if (!hadFocus) return;
    if (button.isConnected) button.focus();
    else if (button.dataset.focus) focusOn(button.dataset.focus);
  };
  const closeThis = close;
  element.addEventListener('toggle', (event) => event.newState === 'closed' && closeThis());
  element.querySelector('button, input, select')?.focus();
}

// Below the button where there is room, else above it; never over the edge of the window.
function place(button, element) {
  const at = button.getBoundingClientRect();
  const { width, height } = element.getBoundingClientRect();
  const below = at.bottom + height + EDGE < innerHeight ? at.bottom + 4 : at.top - height - 4;
  element.style.top = `${Math.max(EDGE, below)}px`;
  element.style.left = `${Math.max(EDGE, Math.min(at.right - width, innerWidth - width - EDGE))}px`;
}

/**
 * A menu, with arrow keys, Home and End.
 *
 * @param items of {text, action, checked, danger}; null is left out
 */
export function openMenu(button, label, items) {
  const menu = el('div', { role: 'menu', 'aria-label': label, class: 'menu' },
    ...items.filter(Boolean).map(({ text, action, checked, danger }) => el('button', {
      type: 'button',
      role: checked === undefined ? 'menuitem' : 'menuitemcheckbox',
      'aria-checked': checked === undefined ? null : String(checked),
      tabindex: '-1',
      class: danger ? 'danger' : null,
      on: {
        click: () => {
          closePopup();
          action();
        },
      },
    }, text)));
  menu.addEventListener('keydown', (event) => {
    const all = [...menu.children];
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    all.at(to % all.length).focus();
  });
  popUp(button, menu);
}
