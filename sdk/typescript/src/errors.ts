import type { Job } from "./types.js";

/** Something that the server said; `code` is for programs. */
export class DocketError extends Error {
  constructor(
    message: string,
    readonly code: string,
    readonly jobId = "",
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** What is known of a refusal besides its message. */
export interface Refusal {
  status: number;
  code: string;
  suggestions: string[];
  field: string;
  jobId: string;
  requestId: string;
  /** Seconds, when the server said how long to wait. */
  retryAfter: number | undefined;
  /** Of a batch, the items that are wrong. */
  items: Fault[];
}

/** What is wrong with one item of a batch. */
export interface Fault {
  index: number;
  error_type: string;
  message: string;
}

/** A refusal of the server. */
export class RequestError extends DocketError {
  readonly status: number;
  readonly suggestions: string[];
  readonly field: string;
  readonly requestId: string;
  readonly retryAfter: number | undefined;
  readonly items: Fault[];

  constructor(message: string, refusal: Refusal) {
    super(message, refusal.code, refusal.jobId);
    this.status = refusal.status;
    this.suggestions = refusal.suggestions;
    this.field = refusal.field;
    this.requestId = refusal.requestId;
    this.retryAfter = refusal.retryAfter;
    this.items = refusal.items;
  }
}

/** A job that failed or was cancelled. */
export class JobError extends DocketError {
  constructor(readonly job: Job) {
    super(
      job.error_details?.message ?? `job ${job.job_id} is ${job.status}`,
      job.error_details?.error_type ?? job.status,
      job.job_id,
    );
  }
}

/** A webhook that is not genuine, or too old. */
export class WebhookError extends DocketError {}
