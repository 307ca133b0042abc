import { problemOf, unreachable } from './errors';

export type Query = Record<string, string | number | boolean | undefined>;

export function withQuery(path: string, query: Query = {}): string {
  const p = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') p.set(name, String(value));
  }
  const text = p.toString();
  return text ? `${path}?${text}` : path;
}

interface Options {
  method?: string;
  /** Sent as JSON. */
  body?: unknown;
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

async function send(path: string, { method = 'GET', body, signal, headers = {} }: Options): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      signal,
      headers: body === undefined ? headers : { 'Content-Type': 'application/json', ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw unreachable();
  }
  if (!answer.ok) throw problemOf(answer.status, await answer.text(), answer.headers.get('Retry-After'));
  return answer;
}

/** Sends a request and reads the JSON of its answer, or throws a Problem. */
export async function call<T>(path: string, options: Options = {}): Promise<T> {
  return (await (await send(path, options)).json()) as T;
}

/** The same for an answer that is text. */
export async function callText(path: string, options: Options = {}): Promise<string> {
  return (await send(path, options)).text();
}

/** A name for a submit, so that sending it twice makes one job. */
export function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
}

/** Sends a form and tells how much of it is on its way, 0 to 1. */
export function upload<T>(path: string, form: FormData, key: string, progress: (part: number) => void, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    // fetch cannot tell how far an upload is.
    const request = new XMLHttpRequest();
    request.open('POST', path);
    request.setRequestHeader('Idempotency-Key', key);
    request.upload.onprogress = (e) => e.lengthComputable && progress(e.loaded / e.total);
    request.onerror = () => reject(unreachable());
    request.onabort = () => reject(new DOMException('aborted', 'AbortError'));
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText) as T);
      else reject(problemOf(request.status, request.responseText, request.getResponseHeader('Retry-After')));
    };
    signal?.addEventListener('abort', () => request.abort());
    request.send(form);
  });
}
