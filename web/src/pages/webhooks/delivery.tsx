import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/client';
import type { Attempt, Delivery } from '../../api/types';
import { Ago, Exact, ID, useNow } from '../../parts/basics';
import { useComplain, useSay } from '../../parts/tell';
import { duration, plural, sentence, shortID, until } from '../../parts/words';
import { Link } from '../../router';
import { useMay } from '../../session';

const looks = { delivered: { className: 'is-completed', glyph: '●' }, failed: { className: 'is-failed', glyph: '✕' }, pending: { className: 'is-queued', glyph: '○' } };

/** One message, with its request and the answers when it is opened. */
export function DeliveryRow({ endpoint, delivery: d }: { endpoint: string; delivery: Delivery }) {
  const [open, setOpen] = useState(false);
  const client = useQueryClient();
  const say = useSay();
  const complain = useComplain();
  const may = useMay('write');
  const look = looks[d.status];
  const body = d.request_body as { current_status?: string; event?: string };
  const replay = () => {
    call(`/webhooks/${endpoint}/deliveries/${d.id}/replay`, { method: 'POST' })
      .then(() => {
        say('The message is sent again');
        return client.invalidateQueries({ queryKey: ['webhook', endpoint] });
      })
      .catch(complain('The message could not be sent again.'));
  };
  return (
    <li className="delivery">
      <div className="row wrap">
        <span className={`state ${look.className}`}><span aria-hidden="true">{look.glyph}</span> {sentence(d.status)}</span>
        <span className="grow ellipsis">
          {d.job_id ? (body.current_status ?? body.event) : 'test'}
          {d.job_id && <> · <Link to={`/jobs/${d.job_id}`} className="mono" title={d.job_id}>{shortID(d.job_id)}</Link></>}
        </span>
        <Last delivery={d} />
        <span className="small muted"><Ago at={d.created_at} /></span>
        <button type="button" className="button small" disabled={!may || d.status === 'pending'} onClick={replay}>Replay</button>
        <button type="button" className="button quiet small" aria-expanded={open} onClick={() => setOpen(!open)}>{open ? 'Hide' : 'Show'}</button>
      </div>
      {open && (
        <div className="delivery-inside stack">
          <span className="row wrap small"><ID id={d.id} /> <span className="muted">the webhook-id, sequence {d.sequence}</span></span>
          <div><h3>Request</h3><pre tabIndex={0} aria-label="Request">{JSON.stringify(d.request_body, null, 2)}</pre></div>
          {d.attempts.map((a) => <AttemptView key={a.attempt} attempt={a} />)}
        </div>
      )}
    </li>
  );
}

function Last({ delivery: d }: { delivery: Delivery }) {
  const now = useNow();
  const last = d.attempts.at(-1);
  return (
    <span className="small muted num">
      {last ? `${last.status || 'no answer'} in ${duration(last.duration)}` : ''}
      {d.attempts.length > 1 && `, ${plural(d.attempts.length, 'try', 'tries')}`}
      {d.next_attempt_at && d.attempts.length > 0 && `, again ${until((Date.parse(d.next_attempt_at) - now) / 1000)}`}
    </span>
  );
}

function AttemptView({ attempt: a }: { attempt: Attempt }) {
  const headers = (h: Record<string, string> | undefined) => Object.entries(h ?? {}).map(([k, v]) => `${k}: ${v}`).join('\n');
  return (
    <div>
      <h3>Try {a.attempt}: {a.status || 'no answer'} <span className="muted num">in {duration(a.duration)}, <Exact at={a.at} /></span></h3>
      {a.error && <p className="is-failed">{a.error}</p>}
      <div className="two">
        <pre tabIndex={0} aria-label="Headers sent">{headers(a.request_headers as Record<string, string>)}</pre>
        <pre tabIndex={0} aria-label="Answer">{[headers(a.response_headers as Record<string, string>), a.response_body].filter(Boolean).join('\n\n') || '–'}</pre>
      </div>
    </div>
  );
}
