import { disappeared } from './messages.js';
import { rewrite, type Change, type Conversation, type Expired, type Outgoing, type Saved, type Store } from './store.js';
import type { LogEvent, MessageEvent } from './types.js';

const VERSION = 2;
const TABLES = ['meta', 'conversations', 'events', 'outbox'];

/** Keeps everything in a browser's IndexedDB, over restarts. */
export class IndexedDbStore implements Store {
  #opened: Promise<IDBDatabase> | null = null;
  #userId = '';

  /** @param name of the database: one for each user, if several log in at one origin */
  constructor(private readonly name = 'parley', private readonly factory: IDBFactory = globalThis.indexedDB) {}

  async load(): Promise<Saved> {
    const transaction = (await this.#database()).transaction(TABLES);
    const [userId, since, conversations, outbox] = await Promise.all([
      answer<string | undefined>(transaction.objectStore('meta').get('userId')),
      answer<string | undefined>(transaction.objectStore('meta').get('since')),
      answer<Conversation[]>(transaction.objectStore('conversations').getAll()),
      answer<{ outgoing: Outgoing }[]>(transaction.objectStore('outbox').getAll()),
    ]);
    this.#userId = userId ?? '';
    return {
      ...(userId !== undefined && { userId }),
      ...(since !== undefined && { since }),
      conversations,
      outbox: outbox.map((row) => row.outgoing),
    };
  }

  async write(change: Change): Promise<void> {
    const database = await this.#database();
    const transaction = database.transaction(TABLES, 'readwrite');
    const done = committed(transaction);
    try {
      await this.#put(transaction, change);
    } catch (error) {
      done.catch(() => {});
      transaction.abort();
      throw error;
    }
    await done;
  }

  async events(conversationId: string, limit: number, before = Infinity): Promise<LogEvent[]> {
    const events = (await this.#database()).transaction('events').objectStore('events');
    const found: LogEvent[] = [];
    await new Promise<void>((resolve, reject) => {
      const request = events.openCursor(ofConversation(conversationId, before), 'prev');
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        const cursor = request.result;
        if (!cursor || found.length >= limit) {
          resolve();
          return;
        }
        found.push(cursor.value as LogEvent);
        cursor.continue();
      };
    });
    return found.reverse();
  }

  async expire(now: number): Promise<Expired> {
    const transaction = (await this.#database()).transaction('events', 'readwrite');
    const messages: MessageEvent[] = [];
    let next = Infinity;
    await new Promise<void>((resolve, reject) => {
      const request = transaction.objectStore('events').index('expiresAt').openCursor();
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        const cursor = request.result;
        if (!cursor) {
          resolve();
          return;
        }
        const message = cursor.value as MessageEvent;
        const left = disappeared(message, now);
        if (left !== message) {
          messages.push(message);
          cursor.update(left);
        } else {
          next = Math.min(next, Date.parse(message.expiresAt!));
          // Times of one second may stand in any order, as they have as many digits as they need.
          if (Date.parse(message.expiresAt!) > now + 1_000) {
            resolve();
            return;
          }
        }
        cursor.continue();
      };
    });
    await committed(transaction);
    return { messages, next };
  }

  async clear(): Promise<void> {
    const database = await this.#database();
    const transaction = database.transaction(TABLES, 'readwrite');
    for (const name of TABLES) transaction.objectStore(name).clear();
    this.#userId = '';
    await committed(transaction);
  }

  /** Lets go of the database; the next call opens it again. */
  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    (await opened)?.close();
  }

  async #put(transaction: IDBTransaction, change: Change): Promise<void> {
    const [meta, conversations, events, outbox] = TABLES.map(
      (name) => transaction.objectStore(name)) as [IDBObjectStore, IDBObjectStore, IDBObjectStore, IDBObjectStore];
    if (change.userId !== undefined) {
      this.#userId = change.userId;
      meta.put(change.userId, 'userId');
    }
    if (change.since !== undefined) meta.put(change.since, 'since');
    for (const id of [...(change.emptied ?? []), ...(change.left ?? [])]) events.delete(ofConversation(id));
    change.left?.forEach((id) => conversations.delete(id));
    change.conversations?.forEach((each) => conversations.put(each));
    const written = await rewrite(change, this.#userId, (id, seq) => answer<LogEvent | undefined>(events.get([id, seq])));
    written.forEach((event) => events.put(event));
    // The place of one that is there already stays.
    for (const outgoing of change.outgoing ?? []) {
      const place = await answer<IDBValidKey | undefined>(outbox.index('id').getKey(outgoing.clientMessageId));
      outbox.put({ id: outgoing.clientMessageId, outgoing, ...(place !== undefined && { place }) });
    }
    for (const id of change.arrived ?? []) {
      const place = await answer<IDBValidKey | undefined>(outbox.index('id').getKey(id));
      if (place !== undefined) outbox.delete(place);
    }
  }

  #database(): Promise<IDBDatabase> {
    this.#opened ??= new Promise<IDBDatabase>((resolve, reject) => {
      const request = this.factory.open(this.name, VERSION);
      request.onupgradeneeded = () => {
        const database = request.result;
        if (!database.objectStoreNames.length) {
          database.createObjectStore('meta');
          database.createObjectStore('conversations', { keyPath: 'id' });
          database.createObjectStore('events', { keyPath: ['conversationId', 'seq'] });
          database.createObjectStore('outbox', { keyPath: 'place', autoIncrement: true }).createIndex('id', 'id');
        }
        // Those without it are not in the index.
        request.transaction!.objectStore('events').createIndex('expiresAt', 'expiresAt');
      };
      request.onsuccess = () => {
        // A newer version of the app, in another tab, wants to change it.
        request.result.onversionchange = () => request.result.close();
        resolve(request.result);
      };
      request.onerror = () => reject(request.error);
    }).catch((error: unknown) => {
      this.#opened = null;
      throw error;
    });
    return this.#opened;
  }
}

// Arrays sort behind numbers, so an empty one is behind every seq.
const ofConversation = (id: string, before = Infinity) =>
  IDBKeyRange.bound([id], [id, before === Infinity ? [] : before], false, true);

function answer<T>(request: IDBRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result as T);
    request.onerror = () => reject(request.error);
  });
}

function committed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}
