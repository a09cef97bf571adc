// Reactions to messages: the chips below one, and choosing an emoji.

import { api, complain, el } from '../client.js';
import { nameOf } from './people.js';
import { closePopup, popUp } from './popup.js';
import { changed } from './state.js';

const COMMON = ['👍', '❤️', '😂', '😮', '😢', '🎉', '🙏', '👀'];

/** Adds the reader's reaction, or takes it back. The event that tells everybody may come before the answer. */
async function react(conversation, message, emoji, add) {
  try {
    const path = `/conversations/${conversation.id}/messages/${message.seq}/reactions/${encodeURIComponent(emoji)}`;
    const shown = await api(add ? 'PUT' : 'DELETE', path);
    if (shown.reactionsSeq > (message.reactionsSeq ?? 0)) {
      const others = (message.reactions ?? []).filter((each) => each.emoji !== shown.emoji);
      message.reactions = shown.count ? [...others, shown] : others;
    }
    changed('conversation');
  } catch (problem) {
    complain(problem);
  }
}

const hasOwn = (message, emoji) => (message.reactions ?? []).some((each) => each.own && each.emoji === emoji);

export function reactionChips(conversation, message) {
  if (!message.reactions?.length) return null;
  return el('ul', { class: 'reactions', 'aria-label': 'Reactions' }, ...message.reactions.map(({ emoji, count, own }) => {
    const people = count === 1 ? '1 person' : `${count} people`;
    return el('li', {}, el('button', {
      type: 'button',
      class: own ? 'chip own' : 'chip',
      'aria-pressed': String(Boolean(own)),
      'aria-label': `${emoji}, ${people}`,
      title: own ? 'Take your reaction back' : 'React the same',
      'data-focus': `chip-${message.seq}-${emoji}`,
      on: {
        click: () => react(conversation, message, emoji, !own),
        mouseenter: (event) => tellWho(conversation, message, emoji, event.currentTarget),
        focus: (event) => tellWho(conversation, message, emoji, event.currentTarget),
      },
    }, el('span', {}, emoji), el('span', { class: 'count' }, String(count))));
  }));
}

// Asked for when somebody wants to know, not with every message.
async function tellWho(conversation, message, emoji, chip) {
  if (chip.dataset.told) return;
  chip.dataset.told = 'yes';
  const path = `/conversations/${conversation.id}/messages/${message.seq}/reactions`;
  const page = await api('GET', `${path}?emoji=${encodeURIComponent(emoji)}&limit=20`).catch(() => null);
  if (!page?.items.length) return;
  chip.title = page.items.map((item) => nameOf(item.userId)).join(', ') + (page.next ? ' …' : '');
}

/** Opens a row of common emoji at the button, with a field for any other. */
export function chooseReaction(button, conversation, message) {
  const choose = (emoji) => {
    closePopup();
    react(conversation, message, emoji, !hasOwn(message, emoji));
  };
  const field = el('input', { 'aria-label': 'Another emoji', placeholder: 'Another emoji', maxlength: '40' });
  const form = el('form', {}, field, el('button', { class: 'primary' }, 'React'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (field.value.trim()) choose(field.value.trim());
  });
  popUp(button, el('div', { role: 'dialog', 'aria-label': 'React', class: 'reaction-choice' },
    el('div', { class: 'common' }, ...COMMON.map((emoji) => el('button', {
      type: 'button',
      'aria-pressed': String(hasOwn(message, emoji)),
      'aria-label': `React with ${emoji}`,
      on: { click: () => choose(emoji) },
    }, emoji))),
    form));
}
