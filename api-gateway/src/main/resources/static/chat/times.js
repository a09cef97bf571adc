// Times and days in the reader's language, by the browser.

export const MINUTE = 60; // In seconds.
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const WEEK = 7 * DAY;

const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const dayOfYear = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' });
const shortDay = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const both = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

const isToday = (date) => date.toDateString() === new Date().toDateString();

export const timeOf = (at) => time.format(new Date(at));

export function dayOf(at) {
  const date = new Date(at);
  return (date.getFullYear() === new Date().getFullYear() ? day : dayOfYear).format(date);
}

/** In a list: the time today, else the day. */
export const shortTime = (at) => (isToday(new Date(at)) ? time : shortDay).format(new Date(at));

/** In a sentence: the time today, else day and time. */
export const seenTime = (at) => (isToday(new Date(at)) ? time : both).format(new Date(at));

export const fullTime = (at) => both.format(new Date(at));

/** How long, in the largest unit that says it in whole numbers. */
export function lifeText(seconds) {
  const [unit, size] = [['week', WEEK], ['day', DAY], ['hour', HOUR], ['minute', MINUTE], ['second', 1]]
    .find(([, each]) => seconds % each === 0);
  return new Intl.NumberFormat(undefined, { style: 'unit', unit, unitDisplay: 'long' }).format(seconds / size);
}
