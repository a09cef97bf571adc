import type { Rest } from './rest.js';
import type { InboxItem, Page } from './types.js';

/** A page of what has changed in the inbox. */
export interface SyncPage {
  items: InboxItem[];
  /** Conversations that one is no member of any more. */
  left: string[];
  /** On the last page: whatever was not listed is gone. */
  full: boolean;
  /** On the last page: to be passed the next time. */
  since?: string;
}

/** The inbox, until the server answers. */
export async function* synchronize(rest: Rest, _since: string | undefined, signal: AbortSignal): AsyncGenerator<SyncPage> {
  let cursor: string | null = null;
  do {
    const behind: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page<InboxItem> = await rest.patiently(`/conversations?limit=200${behind}`, signal);
    cursor = page.next;
    yield { items: page.items, left: [], full: cursor === null };
  } while (cursor !== null);
}
