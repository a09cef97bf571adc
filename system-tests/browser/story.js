// A story in steps that build on one another: the first that fails ends it, with a picture of each tab.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Tab, launch, pictures } from './pages.js';

let browser;
let broken = false;
const tabs = [];

before(async () => {
  browser = await launch();
});

after(async () => {
  await browser?.close();
  console.log(`pictures: ${pictures}`);
});

/** One more tab, of a user who shares nothing with the others. */
export async function open(name, options) {
  const tab = await Tab.open(browser, name, options);
  tabs.push(tab);
  return tab;
}

export function step(name, action) {
  test(name, async (t) => {
    if (broken) {
      t.skip('an earlier step failed');
      return;
    }
    try {
      await action();
    } catch (error) {
      broken = true;
      await Promise.all(tabs.map((tab) => tab.picture(`failed-${tab.name}`).catch(() => {})));
      throw error;
    }
  });
}

/** The last step of each story. */
export const noComplaints = () => step('no browser complained', () => assert.deepEqual(Tab.complaints, []));
