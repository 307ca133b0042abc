// What GET /stats, GET /batches and POST /jobs/bulk answer with.
import type { components as accounts } from './generated/accounts';
import type { components as jobs } from './generated/jobs';

export type Stats = accounts['schemas']['Stats'];
export type AccountList = accounts['schemas']['AccountList'];
export type Counts = jobs['schemas']['StateCounts'];
export type BatchList = jobs['schemas']['BatchList'];
export type BulkAnswer = jobs['schemas']['BulkDone'];
export type BulkAction = BulkAnswer['action'];
