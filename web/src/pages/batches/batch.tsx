import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { call, newIdempotencyKey, withQuery } from '../../api/client';
import { asProblem } from '../../api/errors';
import { useFeed, usePace } from '../../api/live';
import { isFinal, statuses, type Batch } from '../../api/types';
import { Ago, Bar, ID, Skeleton, State } from '../../parts/basics';
import { Pager } from '../../parts/pager';
import { Empty, ErrorPanel, useComplain, useSay } from '../../parts/tell';
import { count, glyphs, plural, shortID, stateWords } from '../../parts/words';
import { Link, go, useTitle } from '../../router';
import { useMay } from '../../session';
import { BatchTable } from './table';

const pageSize = 100;

/** One batch: how far it is as a whole, and each of its jobs. */
export function BatchPage({ id }: { id: string }) {
  useTitle('Batch');
  const [offset, setOffset] = useState(0);
  const pace = usePace(10_000, 3_000);
  const batch = useQuery({
    queryKey: ['batch', id, offset],
    queryFn: ({ signal }) => call<Batch>(withQuery(`/jobs/batch/${id}`, { include_progress: true, limit: pageSize, offset }), { signal }),
    refetchInterval: ({ state }) => (state.data && isFinal(state.data.status) ? false : pace),
    placeholderData: keepPreviousData,
  });
  useRefresh(id, batch.data !== undefined && !isFinal(batch.data.status));
  if (batch.error && asProblem(batch.error).status === 404) {
    return <div className="page"><h1 className="hidden">Batch</h1><Empty title="There is no such batch" action={<Link className="button" to="/batches">Go to the batches</Link>}>It has expired, or its id is mistyped: <code>{id}</code></Empty></div>;
  }
  if (!batch.data) return <div className="page"><h1>Batch</h1>{batch.error ? <ErrorPanel error={batch.error} title="The batch could not be read" retry={() => void batch.refetch()} /> : <Skeleton lines={6} />}</div>;
  return <BatchView batch={batch.data} offset={offset} setOffset={setOffset} />;
}

const everySoOften = 1_500;

/** Asks again soon after a job has changed. */
function useRefresh(id: string, going: boolean) {
  const client = useQueryClient();
  const feed = useFeed();
  useEffect(() => {
    if (!going) return undefined;
    let timer: number | undefined;
    const forget = feed.listen(() => {
      timer ??= window.setTimeout(() => {
        timer = undefined;
        void client.invalidateQueries({ queryKey: ['batch', id] });
      }, everySoOften);
    });
    return () => {
      forget();
      window.clearTimeout(timer);
    };
  }, [client, feed, going, id]);
}

function BatchView({ batch: b, offset, setOffset }: { batch: Batch; offset: number; setOffset: (n: number) => void }) {
  const client = useQueryClient();
  const complain = useComplain();
  const say = useSay();
  const may = useMay('write');
  const numbers = { queued: b.queued_jobs ?? 0, processing: b.processing_jobs ?? 0, completed: b.completed_jobs, failed: b.failed_jobs, cancelled: b.cancelled_jobs };
  const cancel = () => {
    call(`/jobs/batch/${b.batch_id}/cancel`, { method: 'POST' })
      .then(() => client.invalidateQueries({ queryKey: ['batch', b.batch_id] }))
      .catch(complain('The batch could not be cancelled.'));
  };
  const rerun = () => {
    call<Batch>(`/jobs/batch/${b.batch_id}/rerun`, { method: 'POST', headers: { 'Idempotency-Key': newIdempotencyKey() } })
      .then((made) => {
        go(`/batches/${made.batch_id}`);
        say(`A new batch with ${plural(made.total_jobs, 'job')}. The old one stays as it is.`);
      })
      .catch(complain('The batch could not be run again.'));
  };
  return (
    <div className="page">
      <header>
        <State status={b.status} />
        <h1>Batch of {plural(b.total_jobs, 'job')}</h1>
        {!isFinal(b.status) && <button type="button" className="button small" disabled={!may} onClick={cancel}>Cancel the rest</button>}
        {b.failed_jobs > 0 && isFinal(b.status) && <button type="button" className="button small" disabled={!may} onClick={rerun}>Rerun {plural(b.failed_jobs, 'failed job')}</button>}
      </header>
      <div className="facts"><ID id={b.batch_id} /><span><span className="muted">made </span><Ago at={b.created_at} /></span>
        {b.original_batch_id && <span><span className="muted">rerun of </span><Link to={`/batches/${b.original_batch_id}`}>{shortID(b.original_batch_id)}</Link></span>}
        <Link to={`/?${new URLSearchParams({ q: `batch:${b.batch_id}` }).toString()}`}>Show in the list</Link>
      </div>
      <div className="going"><span className="grow"><Bar percent={b.overall_progress} status={b.status} label="Progress of the batch" /></span><span className="num">{b.overall_progress}%</span></div>
      <ul className="row wrap">{statuses.filter((s) => numbers[s] > 0).map((s) => <li key={s} className={`state is-${s}`}><span aria-hidden="true">{glyphs[s]}</span> <span className="num">{count(numbers[s])} {stateWords[s].toLowerCase()}</span></li>)}</ul>
      <BatchTable jobs={b.jobs} />
      <Pager offset={offset} size={pageSize} total={b.total_jobs} move={setOffset} />
    </div>
  );
}
