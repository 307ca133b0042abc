import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call, withQuery } from '../../api/client';
import type { Stats } from '../../api/figures';
import { Skeleton } from '../../parts/basics';
import { Plot } from '../../parts/plot';
import { ErrorPanel } from '../../parts/tell';
import { count, duration, operationWord, sentence, size } from '../../parts/words';
import { Link, useTitle } from '../../router';
import { useMay } from '../../session';
import { Figures } from '../job/others';
import { Checks, Nodes, Pauses } from './parts';

/** How the server does: what waits, how much it gets done, and who works. */
export function SystemPage() {
  useTitle('System');
  const admin = useMay('admin');
  const [everyone, setEveryone] = useState(admin);
  const stats = useQuery({
    queryKey: ['stats', everyone],
    queryFn: ({ signal }) => call<Stats>(withQuery('/stats', { account: everyone ? '*' : undefined }), { signal }),
    refetchInterval: 5_000,
    placeholderData: keepPreviousData,
  });
  return (
    <div className="page">
      <header>
        <h1>System</h1>
        {admin && (
          <select className="select" style={{ width: 'auto' }} aria-label="Whose jobs" value={everyone ? 'all' : 'mine'} onChange={(e) => setEveryone(e.target.value === 'all')}>
            <option value="all">All accounts</option><option value="mine">My account</option>
          </select>
        )}
      </header>
      {stats.error && <ErrorPanel error={stats.error} title="The figures could not be read" retry={() => void stats.refetch()} />}
      {stats.isPending && <Skeleton lines={8} />}
      {stats.data && <Figured stats={stats.data} />}
      <Checks />
      {stats.data?.system && <Nodes system={stats.data.system} />}
      {admin && <Pauses />}
    </div>
  );
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const hour = (at: string): string => (at ? clock.format(new Date(at)) : '');

function Figured({ stats: s }: { stats: Stats }) {
  const { buckets, total, failures } = s.last_day;
  const at = buckets.map((b) => b.at ?? '');
  const ends = total.completed + total.failed;
  return (
    <>
      <Figures
        items={[
          ['Waiting', count(s.queue.waiting)],
          ['Oldest waits', s.queue.oldest_waiting_seconds === undefined ? '–' : duration(s.queue.oldest_waiting_seconds)],
          ['Running', count(s.queue.running)],
          ['Workers busy', `${s.workers.busy} of ${s.workers.slots}`],
          ['Completed, last day', count(total.completed)],
          ['Failed, last day', ends ? `${count(total.failed)} (${Math.round((100 * total.failed) / ends)}%)` : '0'],
          ...(s.system ? [['Disk free', size(s.system.disk_free_bytes)] as [string, string]] : []),
        ]}
      />
      <section className="plots" aria-label="The last day">
        <Plot title="Ended per 15 minutes" at={at} label={hour} show={count} bars series={[
          { name: 'Completed', look: 'completed', values: buckets.map((b) => b.completed) },
          { name: 'Failed', look: 'failed', values: buckets.map((b) => b.failed) },
          { name: 'Cancelled', look: 'cancelled', values: buckets.map((b) => b.cancelled) },
        ]} />
        <Plot title="Handed in per 15 minutes" at={at} label={hour} show={count} bars series={[{ name: 'Jobs', look: 'accent', values: buckets.map((b) => b.submitted) }]} />
        <Plot title="How long the oldest job waited" at={at} label={hour} show={duration} series={[{ name: 'Oldest', look: 'accent', values: buckets.map((b) => b.oldest_waiting_seconds) }]} />
        <Plot title="How long jobs ran" at={at} label={hour} show={duration} series={[
          { name: 'Half within', look: 'processing', values: buckets.map((b) => b.duration_p50_seconds) },
          { name: '95% within', look: 'cancelled', values: buckets.map((b) => b.duration_p95_seconds) },
        ]} />
        <Plot title="How long jobs waited" at={at} label={hour} show={duration} series={[
          { name: 'Half within', look: 'processing', values: buckets.map((b) => b.wait_p50_seconds) },
          { name: '95% within', look: 'cancelled', values: buckets.map((b) => b.wait_p95_seconds) },
        ]} />
      </section>
      <div className="halves">
        <section>
          <h2>Why jobs failed, last day</h2>
          {failures.length === 0 ? <p className="muted">None did.</p> : (
            <table className="sheet">
              <thead><tr><th>Reason</th><th className="right">Jobs</th></tr></thead>
              <tbody>{failures.map((f) => <tr key={f.error_type}><td>{sentence(f.error_type)}</td><td className="right">{count(f.jobs)}</td></tr>)}</tbody>
            </table>
          )}
        </section>
        <section>
          <h2>By operation, last day</h2>
          {s.operations.length === 0 ? <p className="muted">No jobs.</p> : <Operations stats={s} />}
        </section>
      </div>
    </>
  );
}

function Operations({ stats }: { stats: Stats }) {
  return (
    <div className="scroll-x" tabIndex={0} role="group" aria-label="By operation">
      <table className="sheet">
        <thead><tr><th>Operation</th><th className="right">Waiting</th><th className="right">Done</th><th className="right">Failed</th><th className="right">Half within</th></tr></thead>
        <tbody>
          {stats.operations.map((o) => (
            <tr key={o.operation}>
              <td><Link to={`/?${new URLSearchParams({ q: `op:${o.operation}` }).toString()}`}>{operationWord(o.operation)}</Link></td>
              <td className="right">{count(o.jobs.queued)}</td><td className="right">{count(o.last_day.completed)}</td>
              <td className={`right${o.last_day.failed ? ' is-failed' : ''}`}>{count(o.last_day.failed)}</td>
              <td className="right">{o.last_day.duration_p50_seconds === undefined ? '–' : duration(o.last_day.duration_p50_seconds)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
