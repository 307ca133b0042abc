// The shapes of the API, from its own OpenAPI files.
import type { components as accounts } from './generated/accounts';
import type { components as jobs } from './generated/jobs';
import type { components as vision } from './generated/vision';
import type { components as webhooks } from './generated/webhooks';

type Jobs = jobs['schemas'];
export type Status = Jobs['Status'];
export type Operation = Jobs['Operation'];
export type Progress = Jobs['Progress'];
export type Job = Omit<Jobs['Job'], 'status'> & { status: Status };
export type JobListItem = Jobs['JobListItem'];
export type JobUpdate = Jobs['JobUpdate'];
export type JobEvent = Jobs['JobEvent'];
export type Batch = Jobs['Batch'];
export type ErrorDetails = Jobs['ErrorDetails'];
export type Readiness = Jobs['Readiness'];
export type Pagination = Jobs['Pagination'];
export type ClassifyResult = Jobs['ClassifyResult'];
export type SplitResult = Jobs['SplitResult'];
export type ExportResult = Jobs['ExportResult'];
export type ImportResult = Jobs['ImportResult'];
export type CrawlResult = Jobs['CrawlResult'];
export type EmbeddingResult = Jobs['EmbeddingResult'];

export type Segment = vision['schemas']['Segment'];
export type Chunk = Omit<Jobs['Chunk'], 'segments'> & { segments: Segment[] };
export type ParseResult = Omit<Jobs['ParseResult'], 'chunks'> & { chunks: Chunk[] };

type Webhooks = webhooks['schemas'];
export type Endpoint = Webhooks['Endpoint'];
export type Delivery = Webhooks['Delivery'];
export type Attempt = Webhooks['Attempt'];

type Accounts = accounts['schemas'];
export type Session = Accounts['Session'];
export type Key = Accounts['Key'];
export type Scope = 'read' | 'write' | 'admin';
export type UsageList = Accounts['UsageList'];
export type PauseList = Accounts['PauseList'];

export const statuses: Status[] = ['queued', 'processing', 'completed', 'failed', 'cancelled'];

export const isFinal = (s: Status): boolean => s === 'completed' || s === 'failed' || s === 'cancelled';
