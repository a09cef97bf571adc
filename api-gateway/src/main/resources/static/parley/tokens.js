const EARLY_MS = 30_000;
/** The user has to log in. */
export class SignedOut extends Error {
    name = 'SignedOut';
    constructor() {
        super('Signed out');
    }
}
/** The present token. However many ask for another one at once, the source is asked once. */
export class Tokens {
    source;
    #asking = null;
    constructor(source) {
        this.source = source;
    }
    async fresh() {
        const token = await this.#ask();
        const ends = token.expiresAt !== undefined && token.expiresAt - Date.now() < EARLY_MS;
        return ends ? this.other(token.accessToken) : token;
    }
    /** Another one than this, which was refused or ends soon. */
    async other(stale) {
        const token = await this.#ask();
        if (token.accessToken !== stale)
            return token;
        this.#asking ??= this.#ask(stale).finally(() => {
            this.#asking = null;
        });
        return this.#asking;
    }
    async #ask(stale) {
        const token = await this.source(stale);
        if (!token)
            throw new SignedOut();
        return token;
    }
}
