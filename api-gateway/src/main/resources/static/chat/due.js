// What changes by time alone: a message disappears, a status ends. What shows such a thing asks here to be drawn anew.

import { changed } from './state.js';

// A timer takes no more than 2^31 - 1.
const LONGEST_SLEEP_MS = 24 * 3_600_000;

/** topic -> when it changes next. Who draws it then asks for what comes after that. */
const due = new Map();
let timer = null;

/** Has a topic change when that time comes. */
export function changeAt(at, topic) {
  const time = Date.parse(at);
  if (time <= Date.now() || time >= (due.get(topic) ?? Infinity)) return;
  due.set(topic, time);
  sleep();
}

function sleep() {
  clearTimeout(timer);
  if (due.size) timer = setTimeout(wake, Math.min(Math.min(...due.values()) - Date.now(), LONGEST_SLEEP_MS));
}

function wake() {
  for (const [topic, time] of due) {
    if (time > Date.now()) continue;
    due.delete(topic);
    changed(topic);
  }
  sleep();
}
