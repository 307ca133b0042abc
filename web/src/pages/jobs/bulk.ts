import { useQueryClient } from '@tanstack/react-query';
import { call, newIdempotencyKey } from '../../api/client';
import type { BulkAction, BulkAnswer } from '../../api/figures';
import type { Scope } from './data';
import { plural } from '../../parts/words';
import { useComplain, useSay } from '../../parts/tell';

/** Which jobs: some of them, or all that a search finds. */
export type Chosen = { ids: string[] } | { search: Scope };

const mostIDs = 1000;

function requests(chosen: Chosen): object[] {
  if ('search' in chosen) {
    // The server takes no empty filter; all jobs are those made before now.
    const { q, account } = chosen.search;
    return [{ filter: { ...(account ? { account } : {}), ...(q ? { q } : { created_before: new Date(Date.now() + 1000).toISOString() }) } }];
  }
  const all: object[] = [];
  for (let i = 0; i < chosen.ids.length; i += mostIDs) all.push({ ids: chosen.ids.slice(i, i + mostIDs) });
  return all;
}

async function run(action: BulkAction, chosen: Chosen): Promise<{ done: number; failed: number; unchanged: number; why?: string }> {
  const sum: { done: number; failed: number; unchanged: number; why?: string } = { done: 0, failed: 0, unchanged: 0 };
  for (const request of requests(chosen)) {
    let cursor: string | undefined;
    do {
      const answer: BulkAnswer = await call('/jobs/bulk', {
        method: 'POST',
        body: { action, ...request, ...(cursor ? { cursor } : {}) },
        headers: action === 'rerun' ? { 'Idempotency-Key': newIdempotencyKey() } : {},
      });
      sum.done += answer.done;
      sum.failed += answer.failed;
      sum.unchanged += answer.unchanged;
      sum.why ??= answer.jobs.find((j) => j.error_details)?.error_details?.message;
      cursor = answer.has_more ? answer.cursor : undefined;
    } while (cursor);
  }
  return sum;
}

const past: Record<BulkAction, string> = { cancel: 'Cancelled', rerun: 'Made again', delete: 'Deleted' };

/** Does one thing to many jobs and says what came of it. */
export function useBulk(): (action: BulkAction, chosen: Chosen) => Promise<void> {
  const client = useQueryClient();
  const say = useSay();
  const complain = useComplain();
  return async (action, chosen) => {
    try {
      const sum = await run(action, chosen);
      const rest = [sum.unchanged ? `${plural(sum.unchanged, 'job')} stayed as it was` : '', sum.failed ? `${plural(sum.failed, 'job')} could not be: ${sum.why ?? ''}` : ''];
      say([`${past[action]}: ${plural(sum.done, 'job')}`, ...rest].filter(Boolean).join('. '), { bad: sum.failed > 0 });
    } catch (error) {
      complain(`The jobs could not be ${action === 'cancel' ? 'cancelled' : action === 'rerun' ? 'run again' : 'deleted'}.`)(error);
    }
    await client.invalidateQueries();
  };
}
