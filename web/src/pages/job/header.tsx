import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/client';
import { isFinal, type Job } from '../../api/types';
import { Bar, Exact, State, pagesOf } from '../../parts/basics';
import { Confirm, Sentence, useComplain, useSay } from '../../parts/tell';
import { count, duration, operationWord, plural, sentence } from '../../parts/words';
import { Link, go } from '../../router';
import { useMay, useSession } from '../../session';
import { addFiles } from '../new/drop';
import { Facts } from './facts';
import { PasswordForm, lacksPassword } from './password';
import { useRerun } from './rerun';
import { formatsOf, type Result } from './results';

/** What the job is, where it stands, and what can be done with it. */
export function JobHeader({ job, result }: { job: Job; result?: Result }) {
  return (
    <header className="job-header">
      <div className="row wrap">
        <State status={job.status} word={job.cancel_requested && job.status === 'processing' ? 'Being cancelled' : undefined} />
        <h1 className="ellipsis" title={job.pdf_name}>{job.pdf_name || `${operationWord(job.operation)} job`}{job.pdf_name && job.file_count > 1 && <span className="muted"> and {count(job.file_count - 1)} more</span>}</h1>
        <span className="grow" />
        <Actions job={job} result={result} />
      </div>
      <Facts job={job} />
      {!isFinal(job.status) && <Going job={job} />}
    </header>
  );
}

/** How far it is, how many are ahead, and how long it will take. */
function Going({ job }: { job: Job }) {
  const p = job.progress;
  const words = [
    job.status === 'queued' ? (p.stage === 'waiting for another job' ? 'Waiting for another job' : p.queue_position === undefined ? 'Waiting' : p.queue_position === 0 ? 'Next in line' : `${plural(p.queue_position, 'job')} ahead`) : sentence(p.stage ?? 'Working'),
    pagesOf(p),
    p.eta_seconds !== undefined ? `about ${duration(p.eta_seconds)} to go` : '',
  ].filter(Boolean);
  return (
    <div className="going" aria-live="polite">
      <span className="grow"><Bar percent={p.percentage} status={job.status} label="Progress" /></span>
      <span className="num small">{p.percentage}%</span>
      <span className="small muted">{words.join(' · ')}</span>
    </div>
  );
}

function Actions({ job, result }: { job: Job; result?: Result }) {
  const client = useQueryClient();
  const complain = useComplain();
  const say = useSay();
  const may = useMay('write');
  const own = useSession().account === job.user_id;
  const make = may && own; // only the account itself makes jobs
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState('');
  const act = (name: string, what: string, work: () => Promise<void>) => () => {
    setBusy(name);
    work().catch(complain(what)).finally(() => setBusy(''));
  };
  const cancel = act('cancel', 'The job could not be cancelled.', async () => {
    client.setQueryData(['job', job.job_id], await call<Job>(`/jobs/${job.job_id}/cancel`, { method: 'POST' }));
  });
  const again = useRerun(job);
  const rerun = act('rerun', 'The job could not be run again.', () => again());
  const remove = act('delete', 'The job could not be deleted.', async () => {
    await call(`/jobs/${job.job_id}`, { method: 'DELETE' });
    go('/');
    say('The job is deleted');
    await client.invalidateQueries({ queryKey: ['jobs'] });
  });
  const edit = act('edit', 'The document could not be taken again.', async () => {
    addFiles([new File([await (await fetch(`/jobs/${job.job_id}/input/1`)).blob()], job.pdf_name)]);
    go(`/new?operation=${job.operation}`);
  });
  const final = isFinal(job.status);
  return (
    <span className="row wrap">
      {job.status === 'completed' && <Downloads job={job} result={result} />}
      {final && job.file_count === 1 && job.pdf_hash && <button type="button" className="button small" disabled={!make || busy !== ''} onClick={edit}>Submit otherwise</button>}
      {final && <button type="button" className="button small" disabled={!make || busy !== ''} onClick={rerun}>{busy === 'rerun' ? 'Making it…' : 'Rerun'}</button>}
      {!final && <button type="button" className="button small" disabled={!may || busy !== '' || job.cancel_requested} onClick={cancel}>{busy === 'cancel' || job.cancel_requested ? 'Cancelling…' : 'Cancel'}</button>}
      <button type="button" className="button small danger" disabled={!may || busy !== ''} onClick={() => setAsking(true)}>Delete</button>
      {asking && (
        <Confirm title="Delete this job?" verb="Delete" act={remove} close={() => setAsking(false)}>
          <p>Its documents and its result go with it, for good.{final ? '' : ' It is cancelled first.'}</p>
        </Confirm>
      )}
    </span>
  );
}

function Downloads({ job, result }: { job: Job; result?: Result }) {
  const stem = (job.pdf_name || job.job_id).replace(/\.[^.]+$/, '');
  const files = [{ format: 'json', label: 'Result, JSON' }, ...formatsOf(result)];
  return (
    <details className="drop-down" onBlur={(e) => !e.currentTarget.contains(e.relatedTarget) && e.currentTarget.removeAttribute('open')}>
      <summary className="button small">Download</summary>
      <ul>
        {files.map((f) => <li key={f.format}><a href={`/jobs/${job.job_id}/result?format=${f.format}`} download={`${stem}.${f.format}`}>{f.label}</a></li>)}
        {Array.from({ length: Math.min(job.file_count, 20) }, (_, i) => (
          <li key={i}><a href={`/jobs/${job.job_id}/input/${i + 1}`} download>{job.file_count === 1 ? 'The document' : `Document ${i + 1}`}</a></li>
        ))}
      </ul>
    </details>
  );
}

/** Why there is no result, and what to do. */
export function Failure({ job }: { job: Job }) {
  if (!job.error_details) return null;
  if (job.status === 'cancelled') {
    return <section className="panel warn"><h2>The job was cancelled</h2><p><Exact at={job.completed_at ?? job.updated_at} />. It can be run again.</p></section>;
  }
  const facts = job.error_details.facts as Record<string, unknown> | undefined;
  const page = typeof facts?.page === 'number' ? facts.page : undefined;
  return (
    <section className="panel error" role="alert">
      <h2>{sentence(job.error_details.error_type)}{page ? `, on page ${page}` : ''}</h2>
      <p><Sentence text={job.error_details.message} /></p>
      {lacksPassword(job.error_details.error_type) && <PasswordForm job={job} />}
      {facts?.job_id !== undefined && <p><Link to={`/jobs/${String(facts.job_id)}`}>Look at that job</Link></p>}
      <p className="small muted">Code <code>{job.error_details.error_type}</code>{job.attempt > 1 && `, after ${job.attempt} attempts`}</p>
    </section>
  );
}
