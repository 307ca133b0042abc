/** What went wrong, in words that a person can act on. */
export class Problem extends Error {
  /** HTTP status; 0 when the server was not reached. */
  readonly status: number;
  readonly code: string;
  readonly suggestions: string[];
  readonly field?: string;
  readonly items: { index: number; message: string }[];
  /** Seconds after which to try again, where the server says so. */
  readonly retryAfter?: number;
  readonly requestID?: string;

  constructor(message: string, rest: Partial<Pick<Problem, 'status' | 'code' | 'suggestions' | 'field' | 'items' | 'retryAfter' | 'requestID'>> = {}) {
    super(message);
    this.status = rest.status ?? 0;
    this.code = rest.code ?? 'unreachable';
    this.suggestions = rest.suggestions ?? [];
    this.field = rest.field;
    this.items = rest.items ?? [];
    this.retryAfter = rest.retryAfter;
    this.requestID = rest.requestID;
  }

  get unreachable(): boolean {
    return this.status === 0;
  }
}

export const unreachable = () =>
  new Problem('The server cannot be reached.', { suggestions: ['Check that it runs and that you are connected. This page goes on by itself when it is back.'] });

interface ErrorBody {
  error?: string;
  error_code?: string;
  detail?: string;
  details?: { message?: string; field?: string; request_id?: string; items?: { index: number; message: string }[] };
  suggestions?: string[];
}

/** Reads the body of an answer that is no success. */
export function problemOf(status: number, text: string, retryAfter: string | null): Problem {
  let body: ErrorBody = {};
  try {
    body = JSON.parse(text) as ErrorBody;
  } catch {
    // A proxy's page; the status says enough.
  }
  const seconds = retryAfter ? Number(retryAfter) : Number.NaN;
  return new Problem(body.details?.message ?? body.detail ?? body.error ?? `The server answered with the status ${status}.`, {
    status,
    code: body.error_code ?? 'unknown',
    suggestions: body.suggestions ?? [],
    field: body.details?.field,
    items: body.details?.items ?? [],
    retryAfter: Number.isFinite(seconds) ? seconds : undefined,
    requestID: body.details?.request_id,
  });
}

export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem(error instanceof Error ? error.message : String(error), { status: -1, code: 'page' });
}
