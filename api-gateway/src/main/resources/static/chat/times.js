// Times and days in the reader's language, by the browser.

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
