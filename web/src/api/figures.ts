// What GET /stats, GET /batches and POST /jobs/bulk answer with.
import type { Batch, Pagination, Status } from './types';

export type Counts = Record<Status | 'total', number>;

export interface Measured {
  submitted: number;
  completed: number;
  failed: number;
  cancelled: number;
  duration_p50_seconds?: number;
  duration_p95_seconds?: number;
  wait_p50_seconds?: number;
  wait_p95_seconds?: number;
}

export type Bucket = Measured & { at: string };

export interface ServerNode {
  id: string;
  host: string;
  role: string;
  version: string;
  slots: number;
  busy: number;
  started_at: string;
  seen_at: string;
  state: 'live' | 'lost';
}

export interface Stats {
  account: string;
  generated_at: string;
  jobs: Counts;
  queue: { waiting: number; running: number; oldest_waiting_seconds?: number; paused: string[] };
  operations: { operation: string; jobs: Counts; oldest_waiting_seconds?: number; last_day: Measured }[];
  last_day: { from: string; to: string; bucket_seconds: number; total: Measured; buckets: Bucket[]; failures: { error_type: string; jobs: number }[] };
  workers: { nodes: number; slots: number; busy: number };
  version: string;
  system?: { nodes: ServerNode[]; disk_free_bytes: number; uptime_seconds: number };
}

export interface BatchList {
  batches: Omit<Batch, 'jobs'>[];
  pagination: Pagination;
}

export type BulkAction = 'cancel' | 'rerun' | 'delete';

export interface BulkAnswer {
  action: BulkAction;
  matched: number;
  done: number;
  unchanged: number;
  failed: number;
  has_more: boolean;
  cursor?: string;
  jobs: { job_id: string; outcome: 'done' | 'unchanged' | 'failed'; new_job_id?: string; error_details?: { error_type: string; message: string } }[];
}
