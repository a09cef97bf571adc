/** The body of a refusal: RFC 9457, and what docs/api/problems.md says of single ones. */
export interface ProblemBody {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  /** In seconds. */
  retryAfter?: number;
  errors?: unknown[];
  clientMessageId?: string;
  receipt?: string;
  destination?: string;
  [member: string]: unknown;
}

/** What the server refused. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  /** What docs/api/problems.md lists. */
  readonly slug: string;

  constructor(readonly body: ProblemBody, status = body.status ?? 0) {
    super(body.detail || body.title || `The server answered ${status}`);
    this.status = status;
    this.slug = String(body.type ?? '').split('/').pop()!;
  }

  /** Whether the same thing asked again later may be done. */
  get isPassing(): boolean {
    return this.status >= 500 || this.slug === 'rate-limited' || this.slug === 'store-unavailable';
  }

  /** How long the server asks one to wait, in milliseconds. */
  get retryAfterMs(): number | undefined {
    const seconds = Number(this.body.retryAfter);
    return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
  }
}

export function problemOf(text: string, status?: number): Problem {
  try {
    return new Problem(JSON.parse(text) as ProblemBody, status);
  } catch {
    return new Problem({}, status);
  }
}
