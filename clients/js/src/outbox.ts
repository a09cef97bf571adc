import { BackOff, pause } from './back-off.js';
import { Problem } from './problems.js';
import type { Replica } from './replica.js';
import type { Outgoing } from './store.js';
import type { AckEvent } from './types.js';

/** Resolves when the server has stored it. @throws Problem @throws ConnectionLost */
export type Transmit = (conversationId: string, body: object) => Promise<void>;

/**
 * Messages on their way: kept until the log shows them, and sent again over each new connection under the same
 * clientMessageId, so that what did arrive is not stored twice. In each conversation one at a time, the oldest first,
 * so that they stand there in the order in which they were written, whatever is refused and sent again.
 */
export class Outbox {
  readonly #sending = new Set<string>();
  #signal: AbortSignal = AbortSignal.abort();

  constructor(
    private readonly replica: Replica,
    private readonly transmit: Transmit,
    private readonly random: () => number) {}

  add(outgoing: Outgoing): void {
    void this.#keep(outgoing).then(() => this.#push(outgoing.conversationId));
  }

  /** Sends all that waits, over a connection that has just caught up. @param signal when that connection ends */
  begin(signal: AbortSignal): void {
    this.#signal = signal;
    new Set([...this.replica.outgoing.values()].map((each) => each.conversationId)).forEach((id) => this.#push(id));
  }

  /** One that was refused, once more. */
  async retry(clientMessageId: string): Promise<void> {
    const refused = this.replica.outgoing.get(clientMessageId);
    if (refused?.state !== 'refused') return;
    const { problem: _, ...outgoing } = refused;
    await this.#keep({ ...outgoing, state: 'waiting' });
    this.#push(outgoing.conversationId);
  }

  async discard(clientMessageId: string): Promise<void> {
    await this.replica.turn(() => this.replica.write({ arrived: [clientMessageId] }));
  }

  /** "on ACK", in a turn. */
  async acknowledged(event: AckEvent): Promise<void> {
    const outgoing = this.replica.outgoing.get(event.clientMessageId);
    if (outgoing) await this.#stored({ ...outgoing, state: 'stored', seq: event.seq, at: event.at });
  }

  // Without a connection nothing happens.
  #push(conversationId: string): void {
    if (this.#signal.aborted || this.#sending.has(conversationId)) return;
    this.#sending.add(conversationId);
    const signal = this.#signal;
    void this.#sendAll(conversationId, signal).then((lost) => {
      this.#sending.delete(conversationId);
      // Another message has come meanwhile, or another connection.
      if (this.#first(conversationId) && !(lost && signal === this.#signal)) this.#push(conversationId);
    });
  }

  #first(conversationId: string): Outgoing | undefined {
    return [...this.replica.outgoing.values()]
      .find((each) => each.conversationId === conversationId && each.state === 'waiting');
  }

  // Answers whether the connection was lost.
  async #sendAll(conversationId: string, signal: AbortSignal): Promise<boolean> {
    const backOff = new BackOff(this.random);
    for (;;) {
      const outgoing = this.#first(conversationId);
      if (!outgoing || signal.aborted) return signal.aborted;
      try {
        await this.#send(outgoing);
        backOff.succeeded();
      } catch (error) {
        if (!(error instanceof Problem)) return true;
        if (error.isPassing) await pause(backOff.next(error.retryAfterMs), signal);
        else await this.#become(outgoing.clientMessageId, { state: 'refused', problem: error.message });
      }
    }
  }

  async #send(outgoing: Outgoing): Promise<void> {
    const { clientMessageId, conversationId, text, replyTo, alsoToConversation, forward, triedAfterSeq } = outgoing;
    if (triedAfterSeq === undefined) {
      // Before it leaves: a client that dies behind this sends it as a repeat.
      await this.#become(clientMessageId, { triedAfterSeq: this.#lastSeq(conversationId) });
    }
    await this.transmit(
      conversationId, { clientMessageId, text, replyTo, alsoToConversation, forward, triedAfterSeq });
    const now = this.replica.outgoing.get(clientMessageId);
    if (now?.state === 'waiting') await this.replica.turn(() => this.#stored({ ...now, state: 'stored' }));
  }

  #lastSeq(conversationId: string): number {
    const conversation = this.replica.conversations.get(conversationId);
    return conversation?.log?.known ?? conversation?.item.headSeq ?? 0;
  }

  async #become(clientMessageId: string, members: Partial<Outgoing>): Promise<void> {
    const now = this.replica.outgoing.get(clientMessageId);
    if (now) await this.#keep({ ...now, ...members });
  }

  // A store that fails keeps nobody from sending; it is told as a problem.
  async #keep(outgoing: Outgoing): Promise<void> {
    this.replica.put(outgoing);
    await this.replica.turn(() => this.replica.store.write({ outgoing: [outgoing] })).catch(() => {});
  }

  // By the server; in a turn. The log shows it in its turn, unless none is kept, or it begins behind it.
  async #stored(outgoing: Outgoing): Promise<void> {
    const { clientMessageId, conversationId } = outgoing;
    if (!this.replica.outgoing.has(clientMessageId)) return;
    const log = this.replica.conversations.get(conversationId)?.log;
    const isToCome = log && (outgoing.seq === undefined || outgoing.seq > log.known);
    await this.replica.write(isToCome ? { outgoing: [outgoing] } : { arrived: [clientMessageId] });
  }
}
