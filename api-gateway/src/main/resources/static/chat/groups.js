// What the page asks group-service: who is in a group, and what the reader may do there.

import { api } from '../client.js';
import { remember } from './people.js';

const FIRST_MEMBERS = 200;

const asPerson = (member) => ({ ...member, id: member.userId });

/** {role, permissions, members, all}: the reader's own; `all` says whether these are all members. Kept until the group changes. */
export function groupOf(conversation) {
  conversation.group ??= load(conversation.id).catch((problem) => {
    conversation.group = null;
    throw problem;
  });
  return conversation.group;
}

async function load(id) {
  const [group, page] = await Promise.all([
    api('GET', `/groups/${id}`),
    api('GET', `/groups/${id}/members?limit=${FIRST_MEMBERS}`),
  ]);
  return {
    role: group.me?.role,
    permissions: new Set(group.me?.permissions ?? []),
    members: page.items.map(asPerson).map(remember),
    all: !page.next,
  };
}

const startsWith = (text, beginning) => (text ?? '').toLowerCase().startsWith(beginning);

/** Members whose username or name begins so. */
export async function findMembers(conversation, beginning) {
  const group = await groupOf(conversation);
  const wanted = beginning.toLowerCase();
  if (!group.all && wanted) {
    const query = encodeURIComponent(wanted);
    const page = await api('GET', `/groups/${conversation.id}/members?query=${query}&limit=10`);
    return page.items.map(asPerson).map(remember);
  }
  return group.members.filter((member) => startsWith(member.username, wanted)
    || (member.displayName ?? '').split(/\s+/).some((word) => startsWith(word, wanted))
    || startsWith(member.displayName, wanted));
}

/** In a direct conversation both may do everything of theirs. */
export async function may(conversation, permission) {
  if (conversation.kind === 'DIRECT') return permission !== 'moderate';
  return groupOf(conversation).then((group) => group.permissions.has(permission), () => false);
}
