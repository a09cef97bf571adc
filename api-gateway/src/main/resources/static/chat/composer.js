// Where one writes: a new message, a reply, or what a message says from now on.

import { api, byId, complain, session } from '../client.js';
import { closeCompletions, lookForMention, onCompletionKey } from './completion.js';
import { quoted } from './conversations.js';
import { draftOf, keepDraft } from './drafts.js';
import { nameOf } from './people.js';
import { schedule } from './scheduled.js';
import { sendMessage } from './sending.js';
import { send } from './socket.js';
import { changed, isShown, openConversation, view, when } from './state.js';

const TYPING_SENT_MS = 3_000;
const MOST_LINES = 6;

const form = byId('compose');
const text = byId('text');

let typingSentAt = 0;

// The draft of the conversation that is opened; on a phone no keyboard comes up before it is asked for.
when(['opened'], () => {
  form.hidden = !view.openId;
  takeDraft();
  if (view.openId && matchMedia('(pointer: fine)').matches) text.focus();
});
when(['draft'], () => {
  if (view.openId && !view.editing) takeDraft();
});
when(['compose'], () => {
  if (view.editing) setText(edited()?.text ?? '');
  else if (view.replyTo) keepDraft(view.openId, text.value, view.replyTo);
  drawContext();
  text.focus();
});
when(['conversation', 'people'], drawContext);

function edited() {
  const message = openConversation()?.events?.get(view.editing);
  return message && isShown(message) ? message : undefined;
}

function takeDraft() {
  const draft = draftOf(view.openId);
  view.replyTo = draft.replyTo;
  if (text.value !== draft.text) setText(draft.text);
  drawContext();
}

function setText(value) {
  text.value = value;
  text.setSelectionRange(value.length, value.length);
  closeCompletions();
  fit();
}

function fit() {
  text.rows = Math.min(MOST_LINES, text.value.split('\n').length);
}

// What is above the field: the message that is edited or replied to.
function drawContext() {
  if (view.editing && !edited()?.text) cancel();
  const conversation = openConversation();
  const about = view.editing ? edited() : view.replyTo && conversation?.events ? quoted(conversation, view.replyTo) : null;
  byId('context').hidden = !view.editing && !view.replyTo;
  const who = about?.authorId ? nameOf(about.authorId, 'yourself') : 'a message';
  byId('context-text').textContent = view.editing ? `Edit: ${about?.text ?? ''}` : `Reply to ${who}: ${about?.text ?? ''}`;
  byId('context-cancel').setAttribute('aria-label', view.editing ? 'Do not edit' : 'Do not reply');
  byId('send').textContent = view.editing ? 'Save' : 'Send';
  byId('send-later').hidden = Boolean(view.editing);
}

function cancel() {
  if (view.editing) {
    view.editing = null;
    setText(draftOf(view.openId).text);
    view.replyTo = draftOf(view.openId).replyTo;
  } else {
    view.replyTo = null;
    keepDraft(view.openId, text.value);
  }
  changed('conversation');
}

function editLast() {
  const own = [...(openConversation()?.events?.values() ?? [])]
    .filter((event) => isShown(event) && event.authorId === session.user.id && event.text)
    .sort((a, b) => b.seq - a.seq)[0];
  if (!own) return;
  Object.assign(view, { editing: own.seq, replyTo: null });
  changed('compose', 'conversation');
}

async function saveEdit() {
  const conversation = openConversation();
  const message = edited();
  const said = text.value;
  cancel();
  if (!message || said === message.text) return;
  try {
    const now = await api('PATCH', `/conversations/${conversation.id}/messages/${message.seq}`, { text: said });
    if ((now.editedSeq ?? 0) > (message.editedSeq ?? 0)) {
      const { text: saidNow, mentions, editedSeq, editedAt } = now;
      Object.assign(message, { text: saidNow, mentions, editedSeq, editedAt });
    }
    changed('conversation');
  } catch (problem) {
    complain(problem);
    if (view.openId !== conversation.id) return;
    // So that what was written is not lost.
    view.editing = message.seq;
    setText(said);
    changed('conversation');
  }
}

text.addEventListener('input', () => {
  fit();
  lookForMention().catch(complain);
  if (view.editing) return;
  keepDraft(view.openId, text.value, view.replyTo);
  if (text.value && Date.now() - typingSentAt > TYPING_SENT_MS) {
    typingSentAt = Date.now();
    send(view.openId, 'typing', {});
  }
});

text.addEventListener('keydown', (event) => {
  if (event.isComposing || onCompletionKey(event)) return;
  if (event.key === 'Enter' && !event.shiftKey) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === 'Escape' && (view.editing || view.replyTo)) {
    event.preventDefault();
    cancel();
  } else if (event.key === 'ArrowUp' && !text.value && !view.editing) {
    event.preventDefault();
    editLast();
  }
});
text.addEventListener('blur', closeCompletions);
text.addEventListener('click', () => lookForMention().catch(complain));

form.addEventListener('submit', (event) => {
  event.preventDefault();
  if (!text.value.trim() || !view.openId) return;
  if (view.editing) {
    saveEdit();
    return;
  }
  sendMessage(view.openId, text.value, view.replyTo);
  empty();
});

function empty() {
  view.replyTo = null;
  typingSentAt = 0;
  setText('');
  keepDraft(view.openId, '');
  changed('conversation');
}

byId('send-later').addEventListener('click', async () => {
  const id = view.openId;
  const said = text.value;
  if (!said.trim() || !id) {
    text.focus();
    return;
  }
  try {
    const stored = await schedule(said, view.replyTo);
    if (stored && view.openId === id && text.value === said) empty();
  } catch (problem) {
    complain(problem);
  }
});
byId('context-cancel').addEventListener('click', () => {
  cancel();
  text.focus();
});
