import { useQueryClient } from '@tanstack/react-query';
import { call, newIdempotencyKey } from '../../api/client';
import type { Job } from '../../api/types';
import { useSay } from '../../parts/tell';
import { go } from '../../router';

/** Makes a job again, with other parameters for its documents if there are some, and shows the new one. */
export function useRerun(job: Job): (change?: Record<string, unknown>) => Promise<void> {
  const client = useQueryClient();
  const say = useSay();
  return async (change) => {
    // What an operation on many documents does with each has parameters of its own.
    const parameters = job.operation === 'document_processing' ? { parameters: change } : change;
    const made = await call<Job>(`/jobs/${job.job_id}/rerun`, { method: 'POST', body: change && { parameters }, headers: { 'Idempotency-Key': newIdempotencyKey() } });
    client.setQueryData(['job', made.job_id], made);
    go(`/jobs/${made.job_id}`);
    say('This is the new job. The old one stays as it is.');
  };
}
