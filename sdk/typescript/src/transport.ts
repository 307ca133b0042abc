import { type Fault, RequestError } from "./errors.js";

/** How to reach a server. */
export interface Options {
  url: string;
  /** Sent as X-API-Key. In a browser rather use a session or a ticket. */
  key?: string;
  /** How often a request is sent at most. */
  tries?: number;
  /** The longest pause between two tries, in seconds. */
  maxPause?: number;
  fetch?: typeof fetch;
}

/** One request, which may be sent more than once. */
export interface Call {
  method: string;
  path: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: () => BodyInit;
  signal?: AbortSignal | undefined;
  /** A try whose fate is unknown must not be repeated. */
  once?: boolean;
}

const firstPause = 0.25; // seconds before the second try; each further one is twice as long
const again = new Set([429, 502, 503, 504]);

/** Sends requests to one server, again while it is busy or away. */
export class Transport {
  private readonly base: string;
  private readonly tries: number;
  private readonly maxPause: number;
  private readonly key: string | undefined;
  private readonly fetch: typeof fetch;

  constructor(options: Options) {
    if (!/^https?:\/\//.test(options.url)) {
      throw new TypeError(`${JSON.stringify(options.url)} is no http:// or https:// address`);
    }
    this.base = options.url.replace(/\/+$/, "");
    this.tries = options.tries ?? 6;
    this.maxPause = options.maxPause ?? 30;
    this.key = options.key;
    this.fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
  }

  /** Gives an answer of 2xx, or throws a RequestError, or what fetch throws. */
  async send(call: Call): Promise<Response> {
    for (let tried = 1; ; tried++) {
      let response: Response;
      try {
        response = await this.try(call);
      } catch (error) {
        if (call.once || tried >= this.tries || call.signal?.aborted) throw error;
        await sleep(this.pause(tried), call.signal);
        continue;
      }
      if (response.ok) return response;
      const refusal = await refused(response);
      // A 409 with Retry-After: the first request under the same key is still under way.
      const busy = again.has(refusal.status) || (refusal.status === 409 && refusal.retryAfter !== undefined);
      const unknown = call.once && (refusal.status === 502 || refusal.status === 504);
      if (!busy || unknown || tried >= this.tries || (refusal.retryAfter ?? 0) > this.maxPause) throw refusal;
      await sleep(Math.max(this.pause(tried), refusal.retryAfter ?? 0), call.signal);
    }
  }

  /** Sends and reads the answer as JSON. */
  async json<T>(call: Call): Promise<T> {
    return (await (await this.send(call)).json()) as T;
  }

  private try(call: Call): Promise<Response> {
    const query = call.query ? "?" + new URLSearchParams(call.query).toString() : "";
    const init: RequestInit = { method: call.method, headers: { ...call.headers, ...(this.key ? { "X-API-Key": this.key } : {}) } };
    if (call.body) init.body = call.body();
    if (call.signal) init.signal = call.signal;
    return this.fetch(this.base + call.path + query, init);
  }

  private pause(tried: number): number {
    const longest = Math.min(this.maxPause, firstPause * 2 ** (tried - 1));
    return longest * (0.5 + Math.random() / 2);
  }
}

/** Puts names between the parts of a path. */
export const path = (...parts: string[]): string => parts.map((part) => "/" + encodeURIComponent(part)).join("");

/** Waits so many seconds. */
export function sleep(seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, seconds * 1000);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}

interface ErrorBody {
  detail?: string;
  error_code?: string;
  details?: { field?: string; job_id?: string; items?: Fault[] };
  suggestions?: string[];
}

async function refused(response: Response): Promise<RequestError> {
  let body: ErrorBody = {};
  try {
    body = (await response.json()) as ErrorBody;
  } catch {
    // of a proxy: the status says all that is known
  }
  const items = body.details?.items ?? [];
  const why = items[0] ? `; ${items[0].message}` : "";
  return new RequestError((body.detail ?? `the server answered ${response.status} ${response.statusText}`) + why, {
    status: response.status,
    code: body.error_code ?? response.statusText.toLowerCase().replaceAll(" ", "_"),
    suggestions: body.suggestions ?? [],
    field: body.details?.field ?? "",
    jobId: body.details?.job_id ?? "",
    requestId: response.headers.get("X-Request-Id") ?? "",
    retryAfter: seconds(response.headers.get("Retry-After")),
    items,
  });
}

/** Reads Retry-After: seconds or a date. */
function seconds(header: string | null): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header)) return Number(header);
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, (at - Date.now()) / 1000);
}
