import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { call, withQuery } from '../../api/client';
import type { Job, Pagination } from '../../api/types';
import { Ago, ID, Tags, useNow } from '../../parts/basics';
import { count, duration, operationWord, plural, shortID, until } from '../../parts/words';
import { Link } from '../../router';
import { useSession } from '../../session';

/** What is to be known of a job at a glance, and the jobs that it has to do with. */
export function Facts({ job }: { job: Job }) {
  const now = useNow();
  const { account } = useSession();
  const users = useUsers(job);
  const facts: [string, ReactNode][] = [['', operationWord(job.operation)], ['', <ID key="id" id={job.job_id} />]];
  if (job.file_count > 1) facts.push(['', plural(job.file_count, 'document')]);
  if (job.progress.total_pages) facts.push(['', plural(job.progress.total_pages, 'page')]);
  facts.push(['made', <Ago key="made" at={job.created_at} />]);
  if (job.completed_at) facts.push(['took', tookOf(job)]);
  if (job.attempt > 1) facts.push(['attempt', job.attempt]);
  if (job.method) facts.push(['by', job.method === 'model' ? (job.model ?? 'a model') : 'rules']);
  if (job.tokens) facts.push(['', plural(job.tokens.input + job.tokens.output, 'token')]);
  if (job.expires_at) facts.push(['kept', <span key="kept" title={`Until ${new Date(job.expires_at).toLocaleString()}`}>{until((Date.parse(job.expires_at) - now) / 1000).replace('in ', '')} more</span>]);
  if (job.user_id !== account) facts.push(['of', job.user_id]);
  if (job.source_job_ids) facts.push(['with the result of', <Jobs key="sources" ids={job.source_job_ids} />]);
  if (users > 0) facts.push(['used by', <Link key="users" to={withQuery('/', { account: job.user_id === account ? undefined : job.user_id, q: `source:${job.job_id}` })}>{plural(users, 'job')}</Link>]);
  if (job.batch_id) facts.push(['in', <Link key="batch" to={`/batches/${job.batch_id}`}>a batch</Link>]);
  if (job.parent_id) facts.push(['made by', <Link key="parent" to={`/jobs/${job.parent_id}`}>a job</Link>]);
  if (job.original_job_id) facts.push(['rerun of', <Link key="original" to={`/jobs/${job.original_job_id}`}>another job</Link>]);
  if (job.reused_from) facts.push(['result from', <Link key="reused" to={`/jobs/${job.reused_from}`}>another job</Link>]);
  return (
    <div className="facts">
      {facts.map(([name, value], i) => <span key={i}>{name && <span className="muted">{name} </span>}{value}</span>)}
      {job.tags.length > 0 && <span className="row wrap"><Tags tags={job.tags} /></span>}
    </div>
  );
}

const mostNamed = 3;

/** Links to jobs, the first few of them. */
function Jobs({ ids }: { ids: string[] }) {
  return (
    <>
      {ids.slice(0, mostNamed).map((id, i) => <span key={id}>{i > 0 && ', '}<Link to={`/jobs/${id}`} className="mono" title={id}>{shortID(id)}</Link></span>)}
      {ids.length > mostNamed && ` and ${count(ids.length - mostNamed)} more`}
    </>
  );
}

/** How many jobs have the result of this one as a document. */
function useUsers(job: Job): number {
  const { account } = useSession();
  const list = useQuery({
    queryKey: ['users', job.job_id],
    queryFn: ({ signal }) => call<{ pagination: Pagination }>(withQuery('/jobs', { account: job.user_id === account ? undefined : job.user_id, q: `source:${job.job_id}`, limit: 1 }), { signal }),
    staleTime: 30_000,
  });
  return list.data?.pagination.total ?? 0;
}

function tookOf(job: Job): string {
  const seconds = (Date.parse(job.completed_at ?? job.updated_at) - Date.parse(job.started_at ?? job.created_at)) / 1000;
  return seconds < 1 ? 'less than a second' : duration(seconds);
}
