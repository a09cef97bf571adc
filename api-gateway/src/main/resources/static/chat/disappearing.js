// How long the messages of a conversation stay: a button above it while they do not stay for good, and the
// dialog in which one sets it. In a direct conversation both may, in a group its admins.

import { api, byId, complain, el, patch } from '../client.js';
import { ask } from './dialogs.js';
import { groupOf } from './groups.js';
import { titleOf } from './people.js';
import { changed, openConversation, when } from './state.js';
import { DAY, HOUR, MINUTE, WEEK, lifeText } from './times.js';

const CHOICES = [0, HOUR, DAY, WEEK];
const SHORTEST = 5;
const LONGEST = 365 * DAY;
const UNITS = { seconds: 1, minutes: MINUTE, hours: HOUR, days: DAY, weeks: WEEK };

when(['loaded'], () => {
  const conversation = openConversation();
  if (conversation) load(conversation).catch(complain);
});
when(['opened', 'conversation'], draw);

async function load(conversation) {
  const before = conversation.lifeSeq;
  const { expireSeconds } = await api('GET', `/conversations/${conversation.id}/disappearing`);
  // An event that came meanwhile knows better.
  if (conversation.lifeSeq !== before) return;
  conversation.life = expireSeconds;
  changed('conversation');
}

/** A MEMBERS event of the log. A group's tells all of its rules, whichever have changed. */
export function takeRules(conversation, event) {
  const life = event.policy?.expireSeconds;
  if (life === undefined) return;
  if (conversation.life !== undefined && conversation.life !== life) conversation.lives.set(event.seq, life);
  conversation.life = life;
  conversation.lifeSeq = event.seq;
}

/** What a MEMBERS event says of it; undefined: nothing. */
export function lifeSetBy(conversation, event) {
  return conversation.kind === 'DIRECT' ? event.policy?.expireSeconds : conversation.lives.get(event.seq);
}

function draw() {
  const life = openConversation()?.life;
  byId('life').hidden = !life;
  if (!life) return;
  byId('life').textContent = `⏱ ${lifeText(life)}`;
  byId('life').setAttribute('aria-label', `Messages disappear after ${lifeText(life)}`);
}

async function maySet(conversation) {
  return conversation.kind === 'DIRECT' || ['owner', 'admin'].includes((await groupOf(conversation)).role);
}

export async function askLife(conversation) {
  try {
    const [{ expireSeconds }, may] = await Promise.all([
      api('GET', `/conversations/${conversation.id}/disappearing`), maySet(conversation)]);
    const { fields, chosen } = may ? lifeFields(expireSeconds) : { fields: [onlyTold(expireSeconds)] };
    const agreed = await ask({
      heading: 'Disappearing messages',
      fields: [el('p', { dir: 'auto' }, `In “${titleOf(conversation)}”, for everybody. What was sent before stays as it is.`), ...fields],
      yes: may && 'Set',
      no: may ? 'Cancel' : 'Close',
    });
    if (agreed && chosen() !== expireSeconds) await set(conversation, chosen());
  } catch (problem) {
    complain(problem);
  }
}

const onlyTold = (seconds) => el('p', {}, seconds
  ? `Messages disappear after ${lifeText(seconds)}. The admins of the group decide that.`
  : 'Messages stay. The admins of the group decide that.');

function lifeFields(present) {
  const choices = [...new Set([...CHOICES, present])].sort((a, b) => a - b);
  const select = el('select', {}, ...choices.map((seconds) => el('option', {
    value: seconds, selected: seconds === present,
  }, seconds ? `after ${lifeText(seconds)}` : 'never')), el('option', { value: 'other' }, 'after another time'));
  const number = el('input', { type: 'number', min: 1, value: 30, required: true, 'aria-label': 'How many' });
  const unit = el('select', { 'aria-label': 'Unit' }, ...Object.keys(UNITS).map((name) =>
    el('option', { selected: name === 'minutes' }, name)));
  const other = el('div', { class: 'pair', hidden: true }, number, unit);
  const chosen = () => (select.value === 'other' ? number.valueAsNumber * UNITS[unit.value] : Number(select.value));
  const check = () => {
    other.hidden = select.value !== 'other';
    number.disabled = other.hidden;
    const fits = other.hidden || (chosen() >= SHORTEST && chosen() <= LONGEST);
    number.setCustomValidity(fits ? '' : `From ${lifeText(SHORTEST)} to ${lifeText(LONGEST)}`);
  };
  [select, number, unit].forEach((field) => field.addEventListener('input', check));
  check();
  return { chosen, fields: [el('label', {}, 'New messages disappear', select), other] };
}

async function set(conversation, expireSeconds) {
  if (conversation.kind === 'GROUP') {
    await patch(`/groups/${conversation.id}`, { settings: { expireSeconds } });
    return;
  }
  await api('PUT', `/conversations/${conversation.id}/disappearing`, { expireSeconds });
}

byId('life').addEventListener('click', () => askLife(openConversation()));
