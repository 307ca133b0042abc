import { Endpoints } from "./endpoints.js";
import { JobError } from "./errors.js";
import { path, sleep, Transport, type Call, type Options } from "./transport.js";
import { isFinal, type Batch, type Change, type Document, type Filter, type Job, type JobList, type ListItem, type Request, type StatusEntry, type Update } from "./types.js";
import { watch } from "./watch.js";

const longPoll = 30; // seconds that the server is asked to wait for a change
const words = { dialect: "jobs" }; // lower-case words, whichever spelling an id has

/** A server and its Jobs API. Ids may be in either spelling. */
export class Docket extends Endpoints {
  constructor(options: Options) {
    super(new Transport(options));
  }

  /** Makes a job; it is on the server's disk when this returns. */
  submit(request: Request, signal?: AbortSignal): Promise<Job> {
    const parts = (request.files ?? []).map((file): [string, Document] => ["file", file]);
    return this.transport.json(creating(path("jobs"), fields(request), parts, request.idempotencyKey, signal));
  }

  /** Makes a job of each request, or none of them, at most 1,000. */
  submitBatch(requests: Request[], idempotencyKey?: string, signal?: AbortSignal): Promise<Batch> {
    const parts: [string, Document][] = [];
    const jobs = requests.map((request) => {
      const names = (request.files ?? []).map((file) => {
        const name = `file-${parts.length}`;
        parts.push([name, file]);
        return name;
      });
      return { ...fields(request), ...(names.length > 0 ? { file: names } : {}) };
    });
    return this.transport.json(creating(path("jobs", "batch"), { jobs }, parts, idempotencyKey, signal));
  }

  /** Tells where a job is. */
  job(id: string, signal?: AbortSignal): Promise<Job> {
    return this.transport.json({ method: "GET", path: path("jobs", id), query: words, signal });
  }

  /** Returns when the job has completed; throws a JobError when it failed or was cancelled. */
  async wait(id: string, signal?: AbortSignal): Promise<Job> {
    let query: Record<string, string> = words;
    for (;;) {
      const job = await this.transport.json<Job>({ method: "GET", path: path("jobs", id), query, signal });
      if (job.status === "completed") return job;
      if (isFinal(job.status)) throw new JobError(job);
      query = { ...words, wait: String(longPoll) };
    }
  }

  /** Goes over the changes of a job as they happen, the present state first, and ends after the final one. */
  watch(id: string, signal?: AbortSignal): AsyncGenerator<Update, void> {
    return watch(this.transport, id, () => this.job(id, signal), signal);
  }

  /** Tells of up to 100 jobs in one request, in the order asked. */
  async statuses(ids: string[], signal?: AbortSignal): Promise<StatusEntry[]> {
    const query = { job_ids: ids.join(","), include_progress: "true" };
    return (await this.transport.json<{ jobs: StatusEntry[] }>({ method: "GET", path: path("jobs", "status"), query, signal })).jobs;
  }

  /** What happened to a job, oldest first. */
  async history(id: string, signal?: AbortSignal): Promise<Change[]> {
    return (await this.transport.json<{ events: Change[] }>({ method: "GET", path: path("jobs", id, "events"), signal })).events;
  }

  /** The result of a completed job. */
  result<T = unknown>(id: string, signal?: AbortSignal): Promise<T> {
    return this.transport.json({ method: "GET", path: path("jobs", id, "result"), signal });
  }

  /** The result as md, html, txt, csv, xlsx, jsonl: what the operation has. */
  async resultAs(id: string, format: string, signal?: AbortSignal): Promise<Blob> {
    return (await this.transport.send({ method: "GET", path: path("jobs", id, "result"), query: { format }, signal })).blob();
  }

  /** Stops a job. */
  cancel(id: string, signal?: AbortSignal): Promise<Job> {
    return this.transport.json({ method: "POST", path: path("jobs", id, "cancel"), query: words, signal });
  }

  /** Makes a new job of one that has ended. */
  rerun(id: string, signal?: AbortSignal): Promise<Job> {
    return this.transport.json({ ...repeating(path("jobs", id, "rerun"), signal), query: words });
  }

  /** Removes a job with its documents and its result, for good. */
  async delete(id: string, signal?: AbortSignal): Promise<void> {
    await this.transport.send({ method: "DELETE", path: path("jobs", id), signal });
  }

  /** A page of jobs, newest first. */
  page(filter: Filter = {}, limit = 50, offset = 0, signal?: AbortSignal): Promise<JobList> {
    const query = { ...filtered(filter), limit: String(limit), offset: String(offset) };
    return this.transport.json({ method: "GET", path: path("jobs"), query, signal });
  }

  /** Goes over all jobs that match, newest first. */
  async *jobs(filter: Filter = {}, signal?: AbortSignal): AsyncGenerator<ListItem, void> {
    const asked = { createdBefore: new Date(Date.now() + 1000), ...filter }; // pages must not move under the reader
    for (let offset = 0, more = true; more; ) {
      const page = await this.page(asked, 100, offset, signal);
      yield* page.jobs;
      offset += page.jobs.length;
      more = page.pagination.has_more && page.jobs.length > 0;
    }
  }

  /** Tells where a batch is, with up to 1,000 of its jobs. */
  batch(id: string, signal?: AbortSignal): Promise<Batch> {
    return this.transport.json({ method: "GET", path: path("jobs", "batch", id), signal });
  }

  /** Returns when all jobs of a batch have ended, in whatever way. */
  async waitBatch(id: string, signal?: AbortSignal): Promise<Batch> {
    for (let pause = 0.5; ; pause = Math.min(5, pause * 1.5)) {
      const batch = await this.batch(id, signal);
      if (isFinal(batch.status)) return batch;
      await sleep(pause, signal);
    }
  }

  /** Stops what is unfinished of a batch. */
  cancelBatch(id: string, signal?: AbortSignal): Promise<Batch> {
    return this.transport.json({ method: "POST", path: path("jobs", "batch", id, "cancel"), signal });
  }

  /** Makes a new batch of the jobs that failed. */
  rerunBatch(id: string, signal?: AbortSignal): Promise<Batch> {
    return this.transport.json(repeating(path("jobs", "batch", id, "rerun"), signal));
  }
}

/** A POST that may be sent again. */
function repeating(path: string, signal?: AbortSignal, key: string = crypto.randomUUID()): Call {
  return { method: "POST", path, headers: { "Idempotency-Key": key }, signal };
}

function creating(path: string, fields: Record<string, unknown>, parts: [string, Document][], key?: string, signal?: AbortSignal): Call {
  const call = repeating(path, signal, key);
  if (parts.length === 0) {
    return { ...call, headers: { ...call.headers, "Content-Type": "application/json" }, body: () => JSON.stringify(fields) };
  }
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, typeof value === "string" ? value : JSON.stringify(value));
  for (const [name, file] of parts) {
    if (file instanceof Blob) form.append(name, file);
    else form.append(name, file.data instanceof Blob ? file.data : new Blob([file.data]), file.name);
  }
  return { ...call, body: () => form };
}

function fields(r: Request): Record<string, unknown> {
  const all = {
    operation: r.operation,
    urls: r.urls,
    parameters: r.parameters,
    tags: r.tags,
    metadata: r.metadata,
    notification_settings: r.notify,
    webhook_url: r.webhookUrl,
    expires_in: r.expiresIn,
    reuse: r.reuse,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function filtered(f: Filter): Record<string, string> {
  const all = {
    status: f.status,
    operation: f.operation,
    tags: f.tags?.join(","),
    created_after: f.createdAfter?.toISOString(),
    created_before: f.createdBefore?.toISOString(),
    q: f.search,
  };
  return Object.fromEntries(Object.entries(all).filter((pair): pair is [string, string] => !!pair[1]));
}
