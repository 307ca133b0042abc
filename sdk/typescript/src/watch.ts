import { RequestError } from "./errors.js";
import { path, sleep, type Transport } from "./transport.js";
import { isFinal, type Job, type Update } from "./types.js";

const silence = 45_000; // ms a stream may be still; the server sends a comment every 15 s
const cuts = 2; // streams that may end with nothing said before the job is polled instead
const between = 1; // seconds between two questions, when it is polled

/** Goes over the changes of a job, once each, and ends after the final one. */
export async function* watch(
  transport: Transport,
  id: string,
  ask: () => Promise<Job>,
  signal?: AbortSignal,
): AsyncGenerator<Update, void> {
  let seen = 0;
  for (let failed = 1; failed <= cuts; failed++) {
    try {
      for await (const update of stream(transport, id, seen, signal)) {
        const version = update.version ?? 0;
        if (version <= seen) continue;
        seen = version;
        failed = 0;
        yield update;
        if (isFinal(update.status)) return;
      }
    } catch (error) {
      if (signal?.aborted) throw error;
      if (error instanceof RequestError && [401, 403, 404].includes(error.status)) throw error;
    }
  }
  yield* poll(ask, signal);
}

/** Reads one stream to its end. */
async function* stream(transport: Transport, id: string, seen: number, signal?: AbortSignal): AsyncGenerator<Update> {
  const headers: Record<string, string> = { Accept: "text/event-stream" };
  if (seen > 0) headers["Last-Event-ID"] = String(seen);
  const idle = new AbortController();
  const stop = signal ? AbortSignal.any([signal, idle.signal]) : idle.signal;
  const response = await transport.send({ method: "GET", path: path("jobs", id, "status"), headers, signal: stop });
  if (!response.body || !response.headers.get("Content-Type")?.startsWith("text/event-stream")) {
    throw new TypeError("no stream");
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let timer = setTimeout(() => idle.abort(), silence);
  try {
    let rest = "";
    let data = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(() => idle.abort(), silence);
      const lines = (rest + value).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line.startsWith("data:")) {
          data += line.slice(5).trimStart();
        } else if (line === "" && data !== "") {
          yield JSON.parse(data) as Update;
          data = "";
        }
      }
    }
  } finally {
    clearTimeout(timer);
    idle.abort(); // the reader may have gone before the end
  }
}

/** Asks until the job has ended; the version of a change is not known. */
async function* poll(ask: () => Promise<Job>, signal?: AbortSignal): AsyncGenerator<Update> {
  let last: Job | undefined;
  for (;;) {
    const job = await ask();
    if (job.status !== last?.status || job.updated_at !== last.updated_at || JSON.stringify(job.progress) !== JSON.stringify(last.progress)) {
      yield updateOf(job, last);
      last = job;
    }
    if (isFinal(job.status)) return;
    await sleep(between, signal);
  }
}

function updateOf(job: Job, last: Job | undefined): Update {
  const update: Record<string, unknown> = {
    job_id: job.job_id,
    alias_id: job.alias_id,
    operation: job.operation,
    status: job.status,
    progress: job.progress,
    timestamp: job.updated_at,
  };
  if (job.error_details) update["error_details"] = job.error_details;
  if (last && last.status !== job.status) update["previous_status"] = last.status;
  return update as unknown as Update;
}
