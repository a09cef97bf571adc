import { Problem } from './problems.js';
import type { Rest } from './rest.js';
import type { InboxItem } from './types.js';

/** A page of what has changed in the inbox: docs/api/conversations.md, "GET /sync". */
export interface SyncPage {
  items: InboxItem[];
  /** Conversations that one is no member of any more. */
  left: string[];
  /** Of all pages: whatever was not listed is gone. */
  full: boolean;
  /** The last page: to be passed the next time. */
  since?: string;
}

interface Answer {
  items: InboxItem[];
  left: string[];
  next: string | null;
  since: string;
  full: boolean;
}

const LIMIT = 200;

export async function* synchronize(
  rest: Rest, since: string | undefined, signal: AbortSignal): AsyncGenerator<SyncPage> {
  let cursor: string | null = null;
  do {
    const page: Answer = cursor === null
      ? await firstPage(rest, since, signal)
      : await rest.patiently(path(since, cursor), signal);
    cursor = page.next;
    yield { items: page.items, left: page.left, full: page.full, ...(cursor === null && { since: page.since }) };
    // Of all that there is, whatever it was asked for.
    if (page.full) since = undefined;
  } while (cursor !== null);
}

// A `since` that the server does not know, of a restored one perhaps, is as good as none.
async function firstPage(rest: Rest, since: string | undefined, signal: AbortSignal): Promise<Answer> {
  try {
    return await rest.patiently<Answer>(path(since), signal);
  } catch (error) {
    if (since !== undefined && error instanceof Problem && error.status === 400) return firstPage(rest, undefined, signal);
    throw error;
  }
}

function path(since?: string, cursor?: string): string {
  return `/sync?limit=${LIMIT}${query('since', since)}${query('cursor', cursor)}`;
}

const query = (name: string, value?: string) => (value === undefined ? '' : `&${name}=${encodeURIComponent(value)}`);
