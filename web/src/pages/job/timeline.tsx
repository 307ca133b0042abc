import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/client';
import { usePace } from '../../api/live';
import { isFinal, type Delivery, type Job, type JobEvent } from '../../api/types';
import { Ago, Exact, Skeleton } from '../../parts/basics';
import { ErrorPanel } from '../../parts/tell';
import { duration, glyphs, sentence, stateWords } from '../../parts/words';

/** What happened to the job, and who was told. */
export function Timeline({ job }: { job: Job }) {
  const pace = usePace(30_000);
  const going = isFinal(job.status) ? false : pace;
  const history = useQuery({ queryKey: ['history', job.job_id], queryFn: ({ signal }) => call<{ events: JobEvent[] }>(`/jobs/${job.job_id}/events`, { signal }), refetchInterval: going });
  const told = useQuery({ queryKey: ['history', job.job_id, 'deliveries'], queryFn: ({ signal }) => call<{ deliveries: Delivery[] }>(`/jobs/${job.job_id}/deliveries`, { signal }), refetchInterval: going });
  if (history.error) return <ErrorPanel error={history.error} title="The time line could not be read" retry={() => void history.refetch()} />;
  if (!history.data) return <div className="pad"><Skeleton /></div>;
  const { events } = history.data;
  return (
    <div className="pad stack">
      <ol className="timeline">
        {events.map((e, i) => <Moment key={e.version} event={e} before={events[i - 1]} />)}
        {!isFinal(job.status) && <li className={`is-${job.status}`}><span className="dot" aria-hidden="true">…</span><div><strong>{job.progress.message ?? job.progress.stage ?? 'Goes on'}</strong></div></li>}
        {job.expires_at && <li className="is-queued"><span className="dot" aria-hidden="true">○</span><div><strong>Will be deleted</strong><p className="small muted"><Exact at={job.expires_at} /></p></div></li>}
      </ol>
      {told.data && told.data.deliveries.length > 0 && <Told deliveries={told.data.deliveries} />}
    </div>
  );
}

function Moment({ event: e, before }: { event: JobEvent; before?: JobEvent }) {
  const seconds = before ? (Date.parse(e.timestamp) - Date.parse(before.timestamp)) / 1000 : 0;
  return (
    <li className={`is-${e.current_status}`}>
      <span className="dot" aria-hidden="true">{e.event === 'job.attempt' ? '↻' : glyphs[e.current_status]}</span>
      <div>
        <strong>{wordsOf(e)}</strong>
        {e.error_type && e.error_type !== 'cancelled' && <span> · {sentence(e.error_type)}</span>}
        <p className="small muted"><Exact at={e.timestamp} />{seconds >= 1 && <span className="num"> · after {duration(seconds)}</span>}</p>
      </div>
    </li>
  );
}

function wordsOf(e: JobEvent): string {
  switch (e.event) {
    case 'job.created':
      return e.current_status === 'queued' ? 'Made, and queued' : `Made: ${stateWords[e.current_status]}`;
    case 'job.attempt':
      return `Attempt ${e.attempt}: another worker goes on`;
    default:
      return e.current_status === 'processing' ? `Attempt ${e.attempt}: a worker began` : stateWords[e.current_status];
  }
}

function Told({ deliveries }: { deliveries: Delivery[] }) {
  return (
    <section>
      <h3>Who was told</h3>
      <div className="scroll-x" tabIndex={0} role="group" aria-label="Deliveries">
        <table className="sheet">
          <thead><tr><th>To</th><th>Change</th><th>State</th><th>Tries</th><th>When</th></tr></thead>
          <tbody>
            {deliveries.map((d) => (
              <tr key={d.id}>
                <td className="break">{d.target}</td>
                <td>{String((d.request_body as { current_status?: string }).current_status ?? '')}</td>
                <td className={d.status === 'delivered' ? 'is-completed' : d.status === 'failed' ? 'is-failed' : 'is-queued'}>{sentence(d.status)}</td>
                <td className="num">{d.attempts.length}</td>
                <td><Ago at={d.created_at} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
