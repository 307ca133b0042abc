import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { call } from '../../api/client';
import { asProblem } from '../../api/errors';
import { statuses, type Endpoint, type Status } from '../../api/types';
import { Checkbox, Field, Skeleton } from '../../parts/basics';
import { Empty, ErrorPanel } from '../../parts/tell';
import { operationWord, stateWords } from '../../parts/words';
import { Link, useTitle } from '../../router';
import { useMay } from '../../session';
import { operations } from '../new/operations';
import { SecretPanel } from './secret';

/** The addresses that are told of changes. */
export function WebhooksPage() {
  useTitle('Webhooks');
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<Endpoint>();
  const may = useMay('write');
  const list = useQuery({ queryKey: ['webhooks'], queryFn: ({ signal }) => call<{ webhooks: Endpoint[] }>('/webhooks', { signal }) });
  const add = <button type="button" className="button primary" disabled={!may} onClick={() => setAdding(true)}>Add an endpoint</button>;
  return (
    <div className="page">
      <header><h1>Webhooks</h1>{!adding && list.data && list.data.webhooks.length > 0 && add}</header>
      {adding && <AddEndpoint close={() => setAdding(false)} done={(e) => { setAdding(false); setMade(e); }} />}
      {made?.secret && <SecretPanel secret={made.secret} close={() => setMade(undefined)} />}
      {list.error && <ErrorPanel error={list.error} title="The endpoints could not be listed" retry={() => void list.refetch()} />}
      {list.isPending && <Skeleton lines={4} />}
      {list.data?.webhooks.length === 0 && !adding && <Empty title="Nobody is told yet" action={add}>An endpoint is an address of yours that gets a signed message at each change of a job.</Empty>}
      {list.data && list.data.webhooks.length > 0 && (
        <div className="scroll-x" tabIndex={0} role="group" aria-label="Endpoints">
          <table className="sheet rows">
            <thead><tr><th>Address</th><th>Told of</th><th>Operations</th><th>Health</th></tr></thead>
            <tbody>
              {list.data.webhooks.map((e) => (
                <tr key={e.id}>
                  <td className="break"><Link to={`/webhooks/${e.id}`}>{e.url}</Link></td>
                  <td className="muted">{e.events.length === statuses.length || e.events.length === 0 ? 'every change' : e.events.join(', ')}</td>
                  <td className="muted">{e.operations.length ? e.operations.map(operationWord).join(', ') : 'all'}</td>
                  <td><Health endpoint={e} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}

/** Whether an endpoint is told. */
export function Health({ endpoint: e }: { endpoint: Endpoint }) {
  return e.enabled
    ? <span className="state is-completed"><span aria-hidden="true">●</span> Enabled</span>
    : <span className="state is-failed" title={e.disabled_reason}><span aria-hidden="true">✕</span> Disabled</span>;
}

function AddEndpoint({ close, done }: { close: () => void; done: (e: Endpoint) => void }) {
  const client = useQueryClient();
  const [url, setURL] = useState('');
  const [events, setEvents] = useState<Status[]>([]);
  const [operation, setOperation] = useState('');
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      const made = await call<Endpoint>('/webhooks', { method: 'POST', body: { url: url.trim(), ...(events.length ? { events } : {}), ...(operation ? { operations: [operation] } : {}) } });
      await client.invalidateQueries({ queryKey: ['webhooks'] });
      done(made);
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const onURL = error && asProblem(error).field === 'url';
  return (
    <form className="panel stack" onSubmit={(e) => void submit(e)} aria-label="Add an endpoint">
      <Field label="Address" error={onURL ? asProblem(error).message : undefined} hint="It must answer with a status from 200 to 299.">
        {(id, described) => <input id={id} aria-describedby={described} className="input" inputMode="url" required autoFocus placeholder="https://example.com/hook" value={url} onChange={(e) => setURL(e.target.value)} />}
      </Field>
      <fieldset>
        <legend className="legend">Told when a job is</legend>
        <div className="row wrap" style={{ gap: 16 }}>
          {statuses.map((s) => (
            <Checkbox key={s} checked={events.includes(s)} change={(to) => setEvents(to ? [...events, s] : events.filter((x) => x !== s))}>{stateWords[s].toLowerCase()}</Checkbox>
          ))}
        </div>
        <p className="small muted">Of every change when none is chosen.</p>
      </fieldset>
      <Field label="Operation">
        {(id) => (
          <select id={id} className="select" value={operation} onChange={(e) => setOperation(e.target.value)}>
            <option value="">All</option>
            {operations.map((o) => <option key={o.name} value={o.name}>{operationWord(o.name)}</option>)}
          </select>
        )}
      </Field>
      {error !== undefined && !onURL && <ErrorPanel error={error} title="The endpoint was not taken" />}
      <span className="row">
        <button type="submit" className="button primary" disabled={busy || !url.trim()}>Add</button>
        <button type="button" className="button" onClick={close}>Cancel</button>
      </span>
    </form>
  );
}
