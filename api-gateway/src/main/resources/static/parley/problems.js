/** What the server refused. */
export class Problem extends Error {
    body;
    name = 'Problem';
    status;
    /** What docs/api/problems.md lists. */
    slug;
    constructor(body, status = body.status ?? 0) {
        super(body.detail || body.title || `The server answered ${status}`);
        this.body = body;
        this.status = status;
        this.slug = String(body.type ?? '').split('/').pop();
    }
    /** Whether the same thing asked again later may be done. */
    get isPassing() {
        return this.status >= 500 || this.slug === 'rate-limited' || this.slug === 'store-unavailable';
    }
    /** How long the server asks one to wait, in milliseconds. */
    get retryAfterMs() {
        const seconds = Number(this.body.retryAfter);
        return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
    }
}
export function problemOf(text, status) {
    try {
        return new Problem(JSON.parse(text), status);
    }
    catch {
        return new Problem({}, status);
    }
}
