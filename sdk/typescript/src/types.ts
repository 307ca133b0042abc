import type { components } from "./jobs.gen.js";

type Schemas = components["schemas"];

/** Where a job is, with why it failed if it did. */
export type Job = Schemas["Job"];
/** One change of a job, as streams tell it. */
export type Update = Omit<Schemas["JobUpdate"], "version"> & { version?: number };
/** How far a job is, and its place in the line while it waits. */
export type Progress = Schemas["Progress"];
/** A job in a list. */
export type ListItem = Schemas["JobListItem"];
/** A page of jobs. */
export type JobList = Schemas["JobList"];
/** The answer for one of many ids. */
export type StatusEntry = Schemas["JobStatusEntry"];
/** Jobs that were submitted together. */
export type Batch = Schemas["Batch"];
/** An entry of a job's history. */
export type Change = Schemas["JobEvent"];
/** What a parse found. */
export type ParseResult = Schemas["ParseResult"];
/** What an extraction found. */
export type ExtractResult = Schemas["ExtractResult"];
/** The class of a document. */
export type ClassifyResult = Schemas["ClassifyResult"];
/** The parts of a document. */
export type SplitResult = Schemas["SplitResult"];

/** A document: a File of a browser, or a name and its bytes. */
export type Document = File | { name: string; data: Blob | Uint8Array<ArrayBuffer> | string };

/** A job to be made: its documents are files or addresses, not both. */
export interface Request {
  operation: Schemas["OperationWord"];
  files?: Document[];
  /** http, https, or jobid:// and the id of a job that has parsed them. */
  urls?: string[];
  parameters?: Record<string, unknown>;
  tags?: string[];
  /** Up to 4 KiB, given back with the job. */
  metadata?: Record<string, unknown>;
  notify?: Schemas["NotificationSettings"];
  webhookUrl?: string;
  /** Seconds after its end. */
  expiresIn?: number;
  /** Take the result of an equal job, if there is one. */
  reuse?: boolean;
  /** Makes a repeated submit the same job; without one, only the tries of one call are. */
  idempotencyKey?: string;
}

/** Which jobs. */
export interface Filter {
  status?: string;
  operation?: string;
  tags?: string[];
  createdAfter?: Date;
  createdBefore?: Date;
  /** As in the search field: words, and status:failed op:parse tag:a. */
  search?: string;
}

/** Says that nothing more will happen to a job. */
export const isFinal = (status: string): boolean => status === "completed" || status === "failed" || status === "cancelled";

/** An address that is told of an account's jobs. */
export interface Webhook {
  id: string;
  url: string;
  events: string[];
  /** Empty: all. */
  operations: string[];
  allow_cidrs: string[];
  enabled: boolean;
  disabled_reason?: string;
  created_at: string;
  /** What its messages are signed with; only when it was just made. */
  secret?: string;
}

/** A webhook to be made; what is left out means all. */
export type WebhookRequest = { url: string } & Partial<Pick<Webhook, "events" | "operations" | "allow_cidrs">>;

/** One message to a webhook; its id is the webhook-id. */
export interface Delivery {
  id: string;
  job_id?: string;
  sequence: number;
  status: "pending" | "delivered" | "failed";
  target: string;
  created_at: string;
  finished_at?: string;
  attempts: { attempt: number; at: string; duration: number; status: number; error?: string }[];
}

/** A key. */
export interface Key {
  id: string;
  account: string;
  name: string;
  scopes: ("read" | "write" | "admin")[];
  state: "active" | "expired" | "revoked";
  prefix: string;
  created_at: string;
  expires_at?: string;
  last_used_at?: string;
  /** What is shown to use it; only when it was just made or rotated. */
  key?: string;
}

/** A key to be made; its account is made when it is new. */
export type KeyRequest = Partial<Pick<Key, "account" | "name" | "scopes">> & { expires_in?: number };
