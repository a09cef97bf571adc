export { Client, type ClientEvents, type ClientOptions } from './client.js';
export { type Closing, type HeartBeats, type Socket, type SocketFactory } from './connection.js';
export { IndexedDbStore } from './indexed-db-store.js';
export { isMuted } from './items.js';
export { type State } from './link.js';
export { changedBy, disappeared, isGone, targetsOf } from './messages.js';
export { Problem, type ProblemBody } from './problems.js';
export { type LogNews, type News } from './replica.js';
export {
  MemoryStore, rewrite,
  type Change, type Conversation, type Expired, type LogState, type Outgoing, type Saved, type SendOptions, type Store,
} from './store.js';
export { type Token, type TokenSource } from './tokens.js';
export * from './types.js';
export type * from './api.js';
