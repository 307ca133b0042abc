import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { call, withQuery } from '../../api/client';
import type { BatchList } from '../../api/figures';
import { usePace } from '../../api/live';
import { Ago, Bar, Skeleton, State } from '../../parts/basics';
import { Pager } from '../../parts/pager';
import { Empty, ErrorPanel } from '../../parts/tell';
import { count, shortID } from '../../parts/words';
import { Link, go, useTitle } from '../../router';

const pageSize = 50;

/** Jobs that were made together. */
export function BatchesPage() {
  useTitle('Batches');
  const [offset, setOffset] = useState(0);
  const pace = usePace(10_000);
  const list = useQuery({
    queryKey: ['batches', offset],
    queryFn: ({ signal }) => call<BatchList>(withQuery('/batches', { limit: pageSize, offset }), { signal }),
    refetchInterval: pace,
    placeholderData: keepPreviousData,
  });
  return (
    <div className="page">
      <header><h1>Batches</h1><OpenByID /></header>
      {list.error && <ErrorPanel error={list.error} title="The batches could not be listed" retry={() => void list.refetch()} />}
      {list.isPending && <Skeleton lines={6} />}
      {list.data?.pagination.total === 0 && (
        <Empty title="No batches yet" action={<Link to="/new" className="button primary">Hand in several documents</Link>}>Documents that are handed in together are watched here as one.</Empty>
      )}
      {list.data && list.data.batches.length > 0 && (
        <div className="scroll-x" tabIndex={0} role="group" aria-label="Batches">
          <table className="sheet rows">
            <thead><tr><th>State</th><th>Batch</th><th className="wide">Progress</th><th className="right">Jobs</th><th className="right">Failed</th><th className="right">Made</th></tr></thead>
            <tbody>
              {list.data.batches.map((b) => (
                <tr key={b.batch_id}>
                  <td><State status={b.status} /></td>
                  <td><Link to={`/batches/${b.batch_id}`} className="mono" title={b.batch_id}>{shortID(b.batch_id)}</Link></td>
                  <td><span className="row"><span className="grow"><Bar percent={b.overall_progress} status={b.status} label={`Progress of ${b.batch_id}`} /></span><span className="num small">{b.overall_progress}%</span></span></td>
                  <td className="right">{count(b.total_jobs)}</td>
                  <td className={`right${b.failed_jobs ? ' is-failed' : ' muted'}`}>{count(b.failed_jobs)}</td>
                  <td className="right muted"><Ago at={b.created_at} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {list.data && <Pager offset={offset} size={pageSize} total={list.data.pagination.total} move={setOffset} />}
    </div>
  );
}

function OpenByID() {
  const [id, setID] = useState('');
  const open = (e: FormEvent) => {
    e.preventDefault();
    if (id.trim()) go(`/batches/${encodeURIComponent(id.trim())}`);
  };
  return (
    <form className="row" onSubmit={open}>
      <input className="input mono" aria-label="Id of a batch" placeholder="batch_…" value={id} onChange={(e) => setID(e.target.value)} />
      <button type="submit" className="button">Open</button>
    </form>
  );
}
