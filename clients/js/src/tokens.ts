export interface Token {
  accessToken: string;
  /** By this machine's clock, in milliseconds since 1970; left out: it is taken to be good until it is refused. */
  expiresAt?: number;
}

/**
 * Answers a token that is good now; null: there is none any more, the user has to log in. Asked with `stale`, one that
 * was refused or ends soon: answer another one, refreshed. When it throws, it is asked again later.
 */
export type TokenSource = (stale?: string) => Promise<Token | null>;

const EARLY_MS = 30_000;

/** The user has to log in. */
export class SignedOut extends Error {
  override readonly name = 'SignedOut';

  constructor() {
    super('Signed out');
  }
}

/** The present token. However many ask for another one at once, the source is asked once. */
export class Tokens {
  #asking: Promise<Token> | null = null;

  constructor(private readonly source: TokenSource) {}

  async fresh(): Promise<Token> {
    const token = await this.#ask();
    const ends = token.expiresAt !== undefined && token.expiresAt - Date.now() < EARLY_MS;
    return ends ? this.other(token.accessToken) : token;
  }

  /** Another one than this, which was refused or ends soon. */
  async other(stale: string): Promise<Token> {
    const token = await this.#ask();
    if (token.accessToken !== stale) return token;
    this.#asking ??= this.#ask(stale).finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  async #ask(stale?: string): Promise<Token> {
    const token = await this.source(stale);
    if (!token) throw new SignedOut();
    return token;
  }
}
