// Two people chat in Chromium, with everything that the page can do. Needs a running fleet: scripts/page.sh.
// Steps build on one another, so the first that fails ends the run.

import assert from 'node:assert/strict';
import { ADDRESS, PASSWORD, eventually, linkTo, mailsTo } from './pages.js';
import { noComplaints, open, step } from './story.js';

const run = Date.now().toString(36);
const ANN = `ann_${run}`;
const BEN = `ben_${run}`;

// What mail servers show that report bounces; without it the page is not tried with one.
const BOUNCE_SECRET = process.env.PARLEY_BOUNCE_SECRET;

let ann;
let ben;

step('both make an account, and ann finds ben', async () => {
  [ann, ben] = await Promise.all([
    open('ann', { permissions: ['clipboard-read', 'clipboard-write'] }), open('ben')]);
  await ann.register(ANN, 'Ann Miller');
  await ben.register(BEN, 'Ben Okafor');
  await ann.startChat(BEN);
});

step('they chat, and what was read is marked', async () => {
  await ann.say('Hello Ben');
  await ben.choose('Ann Miller');
  await ben.sees('Hello Ben');
  await ben.say('Hi Ann');
  await ann.sees('Hi Ann');
  await ann.message('Hello Ben').getByText('Read').waitFor();
});

step('links are links, and nothing is markup', async () => {
  await ann.say('See (https://parley.example/a_(b)). <b>not bold</b> javascript:alert(1)');
  const message = ben.message('not bold');
  await message.waitFor();
  const links = message.locator('a');
  assert.equal(await links.count(), 1);
  assert.equal(await links.getAttribute('href'), 'https://parley.example/a_(b)');
  assert.equal(await links.getAttribute('rel'), 'noopener noreferrer');
  assert.equal(await message.locator('b').count(), 0);
});

step('text from right to left is shown so', async () => {
  await ben.say('שלום עולם');
  const body = ann.message('שלום').locator('.body');
  assert.equal(await body.evaluate((element) => getComputedStyle(element).direction), 'rtl');
});

step('ann edits with the arrow key, and ben sees it with its time', async () => {
  await ann.say('I am here at nnoon');
  await ann.text.press('ArrowUp');
  assert.equal(await ann.text.inputValue(), 'I am here at nnoon');
  await ann.text.fill('I am here at noon');
  await ann.text.press('Enter');
  await ben.sees('I am here at noon');
  await ben.message('at noon').getByText(/edited \d/).waitFor();
  assert.equal(await ann.text.inputValue(), '');
});

step('ann edits from the menu, gives up with Escape, and looks at what was said before', async () => {
  await ann.act('at noon', 'Edit');
  await ann.text.fill('something else');
  await ann.text.press('Escape');
  assert.equal(await ann.text.inputValue(), '');
  await ann.message('at noon').getByText(/edited \d/).click();
  await ann.page.locator('#list > li').nth(1).waitFor();
  assert.match(await ann.page.locator('#list').innerText(), /nnoon[^]*at noon/);
  await ann.page.keyboard.press('Escape');
});

step('ben replies, and the quote leads to the message', async () => {
  await ben.act('Hello Ben', 'Reply');
  await ben.say('To that one');
  const quote = ann.message('To that one').getByTitle('Go to this message');
  assert.match(await quote.innerText(), /You: Hello Ben/);
  await quote.click();
  await ann.page.locator('li.lit').filter({ hasText: 'Hello Ben' }).waitFor();
});

step('a thread is beside the conversation, counted at its root, and followed', async () => {
  await ben.act('Hi Ann', 'Thread');
  await ben.reply('Only in the thread');
  await ann.message('Hi Ann').getByRole('button', { name: '1 reply' }).click();
  await ann.inThread('Only in the thread').waitFor();
  assert.equal(await ann.message('Only in the thread').count(), 0);
  await ann.page.getByLabel('Also to the conversation').check();
  await ann.reply('For all to see');
  await ben.inThread('For all to see').waitFor();
  await ben.sees('For all to see');
  await ben.message('Hi Ann').getByRole('button', { name: '2 replies' }).waitFor();
  await ann.page.getByRole('button', { name: 'Following' }).waitFor();
  assert.equal(await ann.page.getByLabel('Also to the conversation').isChecked(), false);
  await ann.picture('thread');
});

step('what is unread in followed threads is told, and leads there', async () => {
  await ben.page.getByRole('button', { name: 'Close the thread' }).click();
  await ben.page.locator('#thread').waitFor({ state: 'hidden' });
  await ann.reply('Are you coming?');
  await ben.page.getByRole('button', { name: 'Threads unread: 1' }).click();
  await ben.listed('Ann Miller: Are you coming?').waitFor();
  await ben.picture('threads');
  await ben.listed('Are you coming?').locator('.about').click();
  await ben.inThread('Are you coming?').waitFor();
  await ben.page.locator('#open-threads .badge').waitFor({ state: 'detached' });
  await ben.page.getByRole('button', { name: 'Following' }).click();
  await ben.page.getByRole('button', { name: 'Follow', exact: true }).waitFor();
  await ben.page.getByLabel('Reply in the thread').press('Escape');
  await ben.page.locator('#thread').waitFor({ state: 'hidden' });
  await ann.reply('Never mind');
  await ann.page.getByRole('button', { name: 'Close the thread' }).click();
  await ben.message('Hi Ann').getByRole('button', { name: '4 replies' }).waitFor();
  assert.equal(await ben.page.locator('#open-threads .badge').count(), 0);
});

step('they react, live, and take it back', async () => {
  await ben.act('Hello Ben', 'React …');
  await ben.page.getByRole('button', { name: 'React with 👍' }).click();
  const chip = ann.message('Hello Ben').getByRole('button', { name: '👍, 1 person' });
  await chip.waitFor();
  assert.equal(await chip.getAttribute('aria-pressed'), 'false');
  await chip.click();
  await ben.message('Hello Ben').getByRole('button', { name: '👍, 2 people' }).waitFor();
  const own = ann.message('Hello Ben').getByRole('button', { name: '👍, 2 people' });
  assert.equal(await own.getAttribute('aria-pressed'), 'true');
  await ann.picture('reactions');
  await own.click();
  await ben.message('Hello Ben').getByRole('button', { name: '👍, 1 person' }).waitFor();
});

step('any other emoji can be a reaction, and nothing else', async () => {
  await ann.act('Hi Ann', 'React …');
  await ann.page.getByLabel('Another emoji').fill('🧗🏽‍♀️');
  await ann.page.getByLabel('Another emoji').press('Enter');
  await ben.message('Hi Ann').getByRole('button', { name: '🧗🏽‍♀️, 1 person' }).waitFor();
});

step('a pinned message is in the list, and leads to where it was said', async () => {
  await ann.act('Hello Ben', 'Pin');
  await ben.page.getByRole('button', { name: 'Pinned messages: 1' }).click();
  await ben.picture('pins');
  await ben.listed('Hello Ben').locator('.about').click();
  await ben.page.locator('li.lit').filter({ hasText: 'Hello Ben' }).waitFor();
  await ann.act('Hello Ben', 'Unpin');
  await ben.page.locator('#pins').waitFor({ state: 'hidden' });
});

step('typing is shown', async () => {
  await ben.text.pressSequentially('abc');
  await ann.page.getByText('Ben Okafor is typing').waitFor();
  await ben.text.fill('');
});

step('presence: a dot, do not disturb with a status that ends, and last seen', async () => {
  await ann.page.locator('#title').getByLabel('Online').waitFor();
  await ben.appear(async (dialog) => {
    await dialog.getByLabel('You are').selectOption('dnd');
    await dialog.getByLabel('Emoji of the status').fill('📅');
    await dialog.getByLabel('Text of the status').fill('In a meeting');
    await dialog.getByLabel('Until').selectOption('in an hour');
    await ben.picture('presence-dialog');
  });
  await ann.page.getByText('Do not disturb · 📅 In a meeting').waitFor();
  await ann.picture('presence');
  const own = ben.page.locator('#me .my-status');
  await own.getByText(/^Do not disturb · 📅 In a meeting, until \d/).waitFor();
  const until = await own.innerText();
  // What is not changed stays, its end as well.
  await ben.appear((dialog) => dialog.getByLabel('You are').selectOption('away'));
  await ann.page.locator('#title-note').getByText('Away · 📅 In a meeting').waitFor();
  assert.equal(await own.innerText(), until.replace('Do not disturb', 'Away'));
  await ben.appear(async (dialog) => {
    await dialog.getByLabel('You are').selectOption('invisible');
    await dialog.getByLabel('Text of the status').fill('');
  });
  await ann.page.locator('#title-note').getByText(/Last seen \d/).waitFor();
});

step('typing has ended by itself', async () => {
  await ann.page.locator('#typing').waitFor({ state: 'hidden' });
});

step('who sees whether ben is there, and when he was: nobody, contacts, everybody', async () => {
  const note = ann.page.locator('#title-note');
  await ben.appear((dialog) => dialog.getByLabel('Who of them sees when').selectOption('nobody'));
  await note.getByText('Offline', { exact: true }).waitFor();
  await ben.appear((dialog) => dialog.getByLabel('Who of them sees when').selectOption('everybody'));
  await note.getByText(/Last seen \d/).waitFor();
  await ben.appear(async (dialog) => {
    await dialog.getByLabel('You are').selectOption('auto');
    await dialog.getByLabel('Who sees your presence').selectOption('your contacts');
  });
  await note.getByText('Offline', { exact: true }).waitFor();
  await ben.page.getByRole('link', { name: 'Account' }).click();
  const contacts = ben.page.locator('#contacts-form');
  await contacts.getByLabel('Username').fill(ANN);
  await contacts.getByRole('button', { name: 'Add' }).click();
  await ben.page.locator('#contacts').getByText(`@${ANN}`).waitFor();
  await ben.page.getByRole('link', { name: 'Back to the chat' }).click();
  await ben.choose('Ann Miller');
  await ann.page.locator('#title').getByLabel('Online').waitFor();
  await ben.appear((dialog) => dialog.getByLabel('Who sees your presence').selectOption('everybody'));
});

step('without read receipts neither sees what the other has read', async () => {
  const receipts = (on) => ben.appear((dialog) => dialog.getByLabel('Read receipts').setChecked(on));
  await ben.say('Have you read this?');
  await ann.sees('Have you read this?');
  await ben.message('Have you read this?').getByText('✓✓ Read').waitFor();
  await receipts(false);
  await ben.message('Have you read this?').getByText('✓ Sent').waitFor();
  await ann.say('And you this?');
  await ben.sees('And you this?');
  await receipts(true);
  await ben.message('Have you read this?').getByText('✓✓ Read').waitFor();
  // What is read from now on is told, when all nodes have heard of it.
  let asked = 0;
  await eventually('it is told', async () => {
    asked += 1;
    await ann.say(`Do you see ${asked}?`);
    return ann.message(`Do you see ${asked}?`).getByText('✓✓ Read').waitFor({ timeout: 3_000 }).then(() => true, () => asked);
  });
});

step('messages disappear: that is set, told, and marked, and nothing is left when it is time', async () => {
  await ann.keepMessages({ count: 5, unit: 'seconds' });
  await ben.page.getByRole('button', { name: 'Messages disappear after 5 seconds' }).waitFor();
  // However slow this is: what is left of it is looked at below.
  await ann.text.fill('For a moment');
  await ann.text.press('Enter');
  await ann.page.locator('#events').getByText('Sending …').waitFor({ state: 'detached' });
  await ann.keepMessages('after 1 hour');
  await ben.page.getByText('Ann Miller made new messages disappear after 1 hour').waitFor();
  await ben.page.getByRole('button', { name: 'Messages disappear after 1 hour' }).waitFor();
  await ann.say('For an hour');
  await ben.message('For an hour').getByTitle(/^Disappears /).waitFor();
  await ben.act('For an hour', 'Reply');
  await ben.say('As long as that');
  await ben.act('For an hour', 'Save …');
  await ben.page.locator('#ask-dialog').getByRole('button', { name: 'Save' }).click();
  await ben.picture('disappearing');
  // A tab whose clock goes on.
  const later = await open('ben’s later tab');
  await later.page.clock.install();
  await later.signIn(BEN);
  await later.choose('Ann Miller');
  await later.message('As long as that').getByTitle('Go to this message').getByText('Ann Miller: For an hour').waitFor();
  await later.page.getByRole('button', { name: 'Saved' }).click();
  await later.listed('Ann Miller: For an hour').waitFor();
  await later.page.clock.fastForward('30:00');
  await later.listed('Ann Miller: For an hour').waitFor();
  await later.page.clock.fastForward('30:00');
  await later.listed('A message that is not here any more').waitFor();
  await later.closeList();
  await later.misses('For an hour');
  await later.misses('As long as that');
  await later.sees('And you this?');
  await later.row('Ann Miller').getByText('Message disappeared').waitFor();
  await later.picture('disappeared');
  await later.page.context().close();
});

step('a message has disappeared after seconds without a reload, for both, and those after it stay', async () => {
  await ben.keepMessages('never');
  await ann.page.getByText('Ben Okafor made new messages stay').waitFor();
  await ann.page.locator('#life').waitFor({ state: 'hidden' });
  for (const each of [ann, ben]) {
    await each.misses('For a moment');
    await each.sees('For an hour');
  }
});

step('a draft goes from tab to tab, and sending ends it', async () => {
  const second = await open('ann’s second tab');
  await second.signIn(ANN);
  await second.choose('Ben Okafor');
  await ann.text.fill('Dear Ben,');
  await eventually('the draft', async () => await second.text.inputValue() === 'Dear Ben,' || second.text.inputValue());
  await second.text.fill('Dear Ben, yours');
  await eventually('the draft', async () => await ann.text.inputValue() === 'Dear Ben, yours' || ann.text.inputValue());
  await ann.page.reload();
  await ann.row('Ben Okafor').getByText('Draft: Dear Ben, yours').waitFor();
  await ann.picture('draft-in-the-list');
  await ann.choose('Ben Okafor');
  await eventually('the draft', async () => await ann.text.inputValue() === 'Dear Ben, yours' || ann.text.inputValue());
  await ann.text.press('Enter');
  await ben.sees('Dear Ben, yours');
  await eventually('no draft', async () => await second.text.inputValue() === '' || second.text.inputValue());

  // What one tab sets the other shows.
  await ann.settle('Ben Okafor', 'Keep at the top');
  await second.row('Ben Okafor').getByTitle('At the top').waitFor();
  await ann.settle('Ben Okafor', 'Mute for an hour');
  await second.row('Ben Okafor').getByTitle('Muted').waitFor();
  await second.settle('Ben Okafor', 'Unmute');
  await ann.row('Ben Okafor').getByTitle('Muted').waitFor({ state: 'detached' });
  await ann.settle('Ben Okafor', 'Mark as unread');
  await second.row('Ben Okafor').getByTitle('Marked as unread').waitFor();
  await ann.choose('Ben Okafor');
  await second.row('Ben Okafor').getByTitle('Marked as unread').waitFor({ state: 'detached' });

  // And what one saves.
  const asking = (tab) => tab.page.locator('#ask-dialog');
  await second.page.getByRole('button', { name: 'Saved' }).click();
  await second.page.getByText('Nothing is saved yet.').waitFor();
  await ann.act('Hello Ben', 'Save …');
  await asking(ann).getByLabel('Note').fill('for Monday <b>');
  await ann.picture('save');
  await asking(ann).getByLabel('Note').press('Enter');
  await second.listed('You: Hello Ben').getByText('🔖 for Monday <b>').waitFor();
  await second.listed('Hello Ben').getByRole('button', { name: 'Change the note' }).click();
  await asking(second).getByLabel('Note').fill('for Tuesday');
  await asking(second).getByRole('button', { name: 'Save' }).click();
  await second.listed('Hello Ben').getByText('🔖 for Tuesday').waitFor();
  await ann.act('Hello Ben', 'Note …');
  assert.equal(await asking(ann).getByLabel('Note').inputValue(), 'for Tuesday');
  await ann.page.keyboard.press('Escape');
  await second.page.context().close();
});

step('an archived conversation comes back with the next message', async () => {
  await ann.settle('Ben Okafor', 'Archive');
  await ann.page.getByRole('button', { name: 'Archived (1)' }).waitFor();
  await ann.row('Ben Okafor').waitFor({ state: 'detached' });
  await ann.picture('archived');
  await ben.say('Are you there?');
  await ann.row('Ben Okafor').waitFor();
});

step('what is written without a connection is sent when there is one, once', async () => {
  const client = (what) => ann.page.evaluate(async (name) => (await import('/chat/socket.js')).client[name](), what);
  await client('stop');
  await ben.say('You are away');
  await ann.text.fill('Written meanwhile');
  await ann.text.press('Enter');
  await ann.page.locator('#events').getByText('Sending …').waitFor();
  await client('start');
  await ben.sees('Written meanwhile');
  await ann.sees('You are away');
  await ann.message('Written meanwhile').locator('time').waitFor();
  assert.equal(await ben.message('Written meanwhile').count(), 1);
});

step('the client’s store in a browser outlives it', async () => {
  const kept = await ann.page.evaluate(async () => {
    const { Client, IndexedDbStore } = await import('/parley/index.js');
    const { session } = await import('/client.js');
    const create = () => new Client({
      address: location.origin, token: async () => ({ accessToken: session.accessToken }), store: new IndexedDbStore('kept'),
    });
    const first = create();
    const shows = (client, text) => new Promise((resolve) => client.on('log', ({ events }) =>
      events.some((event) => event.text === text) && resolve()));
    await new Promise((resolve) => {
      first.on('state', ({ name }) => name === 'online' && resolve());
      first.start();
    });
    const [id] = first.conversations.keys();
    await first.open(id);
    const shown = shows(first, 'From the store');
    first.send(id, 'From the store');
    await shown;
    await first.stop();
    const second = create();
    await second.load();
    let events;
    second.on('reset', (news) => { events = news.events; });
    await second.open(id);
    await second.forget();
    return events.map((event) => event.text);
  });
  assert.equal(kept.at(-1), 'From the store');
});

step('deleting for everybody, and for oneself', async () => {
  await ann.act('not bold', 'Delete for everybody …');
  await ann.confirm();
  await ben.misses('not bold');
  await ben.sees('This message was deleted.');
  await ann.act('To that one', 'Delete for me …');
  await ann.confirm();
  await ann.misses('To that one');
  await ben.sees('To that one');
  await ann.page.reload();
  await ann.choose('Ben Okafor');
  await ann.sees('Hello Ben');
  await ann.misses('To that one');
});

step('a link to a message is copied, and opens it', async () => {
  await ann.act('Hello Ben', 'Copy link');
  await ann.page.getByText('The link is copied.').waitFor();
  const link = await ann.page.evaluate(() => navigator.clipboard.readText());
  assert.match(link, /#[0-9a-f-]{36}\/\d+$/);
  await ann.say(link);
  await ben.page.evaluate((hash) => { location.hash = hash; }, new URL(link).hash);
  await ben.page.locator('li.lit').filter({ hasText: 'Hello Ben' }).waitFor();
  await ben.message(link).locator('a').click();
  await ben.page.locator('li.lit').filter({ hasText: 'Hello Ben' }).waitFor();
  assert.equal(new URL(ben.page.url()).hash, '');
});

step('in a group a mention is completed, stands out, and is counted', async () => {
  await ann.startGroup(`Hike ${run}`, [BEN]);
  await ben.row(`Hike ${run}`).waitFor();
  await ann.text.pressSequentially(`Hello @${BEN.slice(0, 3)}`);
  await ann.page.getByRole('option', { name: 'Ben Okafor' }).waitFor();
  await ann.picture('completion');
  await ann.text.press('Enter');
  assert.equal(await ann.text.inputValue(), `Hello @${BEN} `);
  await ann.text.pressSequentially('🎒 and @every');
  await ann.page.getByRole('option', { name: 'All of the group' }).waitFor();
  await ann.text.press('Tab');
  await ann.text.press('Enter');
  await ben.row(`Hike ${run}`).getByTitle('Mentions of you').waitFor();
  await ben.picture('mention-in-the-list');
  await ben.choose(`Hike ${run}`);
  await ben.page.locator('mark.mention').getByText(`@${BEN}`).waitFor();
  await ben.page.locator('mark.mention').getByText('@everyone').waitFor();
  await ann.page.locator('.mention').getByText('@Ben Okafor').waitFor();
  await ben.row(`Hike ${run}`).getByTitle('Mentions of you').waitFor({ state: 'detached' });
  await ben.picture('mentioned');
});

step('the owner deletes what a member wrote; the member may not', async () => {
  await ben.say('Something rude');
  await ben.message('Hello').first().hover();
  await ben.message('Hello').first().getByLabel('What to do with this message').click();
  assert.equal(await ben.page.getByRole('menuitem', { name: 'Delete for everybody …' }).count(), 0);
  await ben.page.keyboard.press('Escape');
  await ann.act('Something rude', 'Delete for everybody …');
  await ann.confirm();
  await ben.misses('Something rude');
});

step('in a group its admins set how long messages stay, and the others are told', async () => {
  await ben.actOnConversation('Disappearing messages …');
  const dialog = ben.page.locator('#ask-dialog');
  await dialog.getByText('Messages stay. The admins of the group decide that.').waitFor();
  assert.equal(await dialog.getByRole('button', { name: 'Set' }).count(), 0);
  await dialog.getByRole('button', { name: 'Close' }).click();
  await ann.keepMessages('after 1 week');
  await ben.page.getByRole('button', { name: 'Messages disappear after 1 week' }).waitFor();
  await ben.page.getByText('Ann Miller made new messages disappear after 1 week').waitFor();
  await ben.say('For a week');
  await ann.message('For a week').getByTitle(/^Disappears /).waitFor();
  await ann.picture('disappearing-group');
});

step('notes to oneself', async () => {
  await ann.page.getByRole('button', { name: 'New chat' }).click();
  await ann.page.getByRole('button', { name: 'Note to self' }).click();
  await ann.page.getByRole('heading', { name: 'Note to self' }).waitFor();
  await ann.say('Buy rope');
  await ann.row('Note to self').getByText('Buy rope').waitFor();
});

step('a quote from far back is shown, and leads there', async () => {
  await ann.act('Buy rope', 'Copy link');
  const link = await ann.page.evaluate(() => navigator.clipboard.readText());
  const [, id, seq] = /#([^/]*)\/(\d+)$/.exec(link);
  await ann.page.evaluate(sayMuch, { id, replyTo: Number(seq), count: 70 });
  await ann.sees('note 70');
  await ann.page.reload();
  await ann.choose('Note to self');
  await ann.sees('note 70');
  assert.equal(await ann.message('Buy rope').count(), 0);
  const quote = ann.message('note 70').getByTitle('Go to this message');
  await quote.getByText('You: Buy rope').waitFor();
  await ann.page.getByRole('button', { name: 'Older messages' }).waitFor({ state: 'attached' });
  await quote.click();
  await ann.page.locator('li.lit').filter({ hasText: 'Buy rope' }).waitFor();
  await ann.picture('far-back');
});

step('saved messages of all conversations are listed by pages, lead there, and are let go', async () => {
  await ann.page.evaluate(saveMuch, 25);
  await ann.choose('Ben Okafor');
  await ann.page.getByRole('button', { name: 'Saved' }).click();
  await ann.listed('note 25').waitFor();
  assert.equal(await ann.page.locator('#list > li').count(), 20);
  await ann.page.getByRole('button', { name: 'Saved before' }).click();
  await ann.listed('Hello Ben').getByText('🔖 for Tuesday').waitFor();
  assert.equal(await ann.page.locator('#list > li').count(), 26);
  await ann.listed('note 25').getByRole('button', { name: 'Remove' }).click();
  await ann.listed('note 25').waitFor({ state: 'detached' });
  assert.equal(await ann.page.locator('#list > li').count(), 25);
  await ann.listed('note 24').getByRole('button', { name: 'Add a note' }).click();
  await ann.page.locator('#ask-dialog').getByLabel('Note').fill('second thoughts');
  await ann.page.locator('#ask-dialog').getByRole('button', { name: 'Save' }).click();
  await ann.listed('note 24').getByText('🔖 second thoughts').waitFor();
  await ann.picture('saved');
  await ann.listed('note 3').first().locator('.about').click();
  await ann.page.getByRole('heading', { name: 'Note to self' }).waitFor();
  await ann.page.locator('li.lit').filter({ hasText: 'note 3' }).waitFor();
  await ann.act('note 24', 'Unsave');
  await ann.page.getByRole('button', { name: 'Saved' }).click();
  await ann.listed('note 23').waitFor();
  assert.equal(await ann.listed('note 24').count(), 0);
  await ann.closeList();
});

// In the page: the oldest of the notes to oneself.
async function saveMuch(count) {
  const { api } = await import('/client.js');
  const { openConversation } = await import('/chat/state.js');
  const { id, events } = openConversation();
  for (let number = 1; number <= count; number += 1) {
    const { seq } = [...events.values()].find((event) => event.text === `note ${number}`);
    await api('PUT', `/users/me/saved/${id}/${seq}`);
  }
}

// In the page: faster than typing.
async function sayMuch({ id, replyTo, count }) {
  const { accessToken } = JSON.parse(sessionStorage.getItem('parley.session'));
  for (let number = 1; number <= count; number += 1) {
    const answer = await fetch(`/api/v1/conversations/${id}/messages`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${accessToken}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ clientMessageId: `much-${number}`, text: `note ${number}`, replyTo: number === count ? replyTo : undefined, alsoToConversation: number === count || undefined }),
    });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  }
}

step('everything can be done without a mouse, and focus comes back', async () => {
  await ann.choose('Ben Okafor');
  const focused = () => ann.page.evaluate(() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.id);
  await ann.message('Hello Ben').getByLabel('What to do with this message').focus();
  await ann.page.keyboard.press('Enter');
  await ann.page.getByRole('menu').waitFor();
  await ann.page.keyboard.press('End');
  assert.equal(await ann.page.evaluate(() => document.activeElement.textContent), 'Delete for everybody …');
  await ann.page.keyboard.press('ArrowDown');
  assert.equal(await ann.page.evaluate(() => document.activeElement.textContent), 'React …');
  await ann.page.keyboard.press('Escape');
  // A popover says a moment after it is gone that it is.
  await eventually('focus is back', async () => (await focused()).startsWith('What to do with this message') || focused());
  await ann.page.getByRole('button', { name: 'New group' }).focus();
  await ann.page.keyboard.press('Enter');
  await ann.page.keyboard.press('Escape');
  await eventually('focus is back', async () => await focused() === 'new-group' || focused());
});

step('on a phone', async () => {
  await ann.page.setViewportSize({ width: 390, height: 780 });
  await ann.picture('phone-conversation');
  const wider = () => ann.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  assert.equal(await wider(), false);
  await ann.act('Hello Ben', 'React …');
  await ann.picture('phone-reactions');
  await ann.page.keyboard.press('Escape');
  await ann.act('Hi Ann', 'Thread');
  await ann.inThread('Are you coming?').waitFor();
  await ann.picture('phone-thread');
  assert.equal(await wider(), false);
  await ann.page.getByRole('button', { name: 'Close the thread' }).click();
  await ann.page.getByRole('button', { name: 'Back to the list' }).click();
  await ann.row('Ben Okafor').waitFor();
  assert.equal(await wider(), false);
  await ann.picture('phone-list');
});

step('a lost connection comes back with what was said meanwhile, and nothing is said twice', async () => {
  const sockets = [];
  await ann.page.setViewportSize({ width: 1100, height: 760 });
  await ann.page.routeWebSocket(/\/ws$/, (socket) => {
    socket.connectToServer();
    sockets.push(socket);
  });
  await ann.page.reload();
  await ann.choose('Ben Okafor');
  await ann.sees('Are you there?');
  await ben.choose('Ann Miller');
  await sockets.at(-1).close({ code: 1001, reason: 'going-away retry-after-ms=4000' });
  await ann.page.getByText('No connection').waitFor();
  await ann.text.fill('Said without a connection');
  await ann.text.press('Enter');
  await ann.page.getByText('Sending …').waitFor();
  await ann.picture('no-connection');
  await ben.say('Said while you were away');
  await ann.sees('Said while you were away');
  await ben.sees('Said without a connection');
  assert.equal(await ann.message('Said without a connection').count(), 1);
  assert.ok(sockets.length >= 2);
});

if (BOUNCE_SECRET) {
  step('ben is told that mails to him come back, until he has another address', async () => {
    const email = `${BEN}@browser.example`;
    const { page } = ben;
    const unreachable = page.locator('#unreachable');
    await page.goto(`${ADDRESS}/account`);
    await page.getByText(email).waitFor();
    assert.equal(await unreachable.isVisible(), false);
    assert.equal(await page.locator('#resend').isVisible(), false);
    // A notice, as what was mailed before the address was confirmed says nothing of it any more.
    const form = page.locator('#email-form');
    await form.getByLabel('New email address').fill(`other_${email}`);
    await form.getByLabel('Password').fill(PASSWORD);
    await form.getByRole('button').click();
    let id;
    await eventually('a notice', async () => {
      const mails = await mailsTo(email);
      [id] = mails.filter((mail) => !mail.includes('/verify-email#')).flatMap((mail) => /^Message-ID:\s*(<\S+>)/im.exec(mail)?.[1] ?? []);
      return id !== undefined || mails;
    });
    const answer = await fetch(`${ADDRESS}/api/v1/mail/bounces`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${BOUNCE_SECRET}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ messageId: id, status: '5.1.1' }),
    });
    assert.equal(answer.status, 204);
    await eventually('the page says so', async () => {
      await page.reload();
      await page.locator('#sessions button, #sessions li').first().waitFor();
      return await unreachable.isVisible() || await page.locator('#address').textContent();
    });
    assert.match(await unreachable.textContent(), /come back since .*have the link to confirm it sent/s);
    await ben.picture('address-unreachable');
    assert.equal(await page.locator('#resend').isVisible(), true);
    await ben.follow(await linkTo(`other_${email}`, '/verify-email#'));
    await page.reload();
    await page.getByText(`other_${email}`, { exact: true }).waitFor();
    assert.equal(await unreachable.isVisible(), false);
    assert.equal(await page.locator('#resend').isVisible(), false);
  });
}

step('signing out leaves nothing', async () => {
  await ann.page.getByRole('button', { name: 'Sign out' }).click();
  await ann.page.getByRole('button', { name: 'Sign in' }).waitFor();
  assert.equal(await ann.page.locator('#events > li').count(), 0);
  assert.equal(await ann.page.evaluate(() => sessionStorage.length), 0);
});

noComplaints();
