import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call, withQuery } from '../../api/client';
import { asProblem } from '../../api/errors';
import { usePace } from '../../api/live';
import { statuses, type Delivery, type Endpoint, type Pagination } from '../../api/types';
import { Ago, ID, Skeleton } from '../../parts/basics';
import { Pager } from '../../parts/pager';
import { Confirm, Empty, ErrorPanel, useComplain, useSay } from '../../parts/tell';
import { operationWord, plural } from '../../parts/words';
import { Link, go, useTitle } from '../../router';
import { useMay } from '../../session';
import { DeliveryRow } from './delivery';
import { SecretPanel } from './secret';
import { Health } from './webhooks';

const pageSize = 50;

/** One endpoint: its health, and every message to it. */
export function EndpointPage({ id }: { id: string }) {
  useTitle('Webhook');
  const endpoint = useQuery({ queryKey: ['webhook', id], queryFn: ({ signal }) => call<Endpoint>(`/webhooks/${id}`, { signal }) });
  if (endpoint.error && asProblem(endpoint.error).status === 404) {
    return <div className="page"><h1 className="hidden">Webhook</h1><Empty title="There is no such endpoint" action={<Link className="button" to="/webhooks">Go to the webhooks</Link>}>It was removed, or its id is mistyped.</Empty></div>;
  }
  if (!endpoint.data) return <div className="page"><h1>Webhook</h1>{endpoint.error ? <ErrorPanel error={endpoint.error} title="The endpoint could not be read" retry={() => void endpoint.refetch()} /> : <Skeleton />}</div>;
  return <EndpointView endpoint={endpoint.data} />;
}

function EndpointView({ endpoint: e }: { endpoint: Endpoint }) {
  return (
    <div className="page">
      <header><h1 className="break">{e.url}</h1></header>
      <div className="facts">
        <Health endpoint={e} /><ID id={e.id} />
        <span><span className="muted">told of </span>{e.events.length === statuses.length || e.events.length === 0 ? 'every change' : e.events.join(', ')}</span>
        <span><span className="muted">of </span>{e.operations.length ? e.operations.map(operationWord).join(', ') : 'all operations'}</span>
        <span><span className="muted">made </span><Ago at={e.created_at} /></span>
      </div>
      {!e.enabled && <section className="panel error"><h2>Nothing is sent</h2><p>{e.disabled_reason ?? 'The endpoint is disabled.'} Enable it when it answers again; then replay what has failed.</p></section>}
      <Acts endpoint={e} />
      <Deliveries endpoint={e} />
    </div>
  );
}

function Acts({ endpoint: e }: { endpoint: Endpoint }) {
  const client = useQueryClient();
  const say = useSay();
  const complain = useComplain();
  const may = useMay('write');
  const [asking, setAsking] = useState(false);
  const [secret, setSecret] = useState<string>();
  const refresh = () => {
    void client.invalidateQueries({ queryKey: ['webhook', e.id] });
    void client.invalidateQueries({ queryKey: ['webhooks'] });
  };
  const post = <T,>(path: string, what: string, done: (answer: T) => void, body?: object) => () => {
    call<T>(`/webhooks/${e.id}${path}`, { method: 'POST', body })
      .then((answer) => {
        done(answer);
        refresh();
      })
      .catch(complain(what));
  };
  const remove = () => {
    call(`/webhooks/${e.id}`, { method: 'DELETE' })
      .then(() => {
        refresh();
        go('/webhooks');
      })
      .catch(complain('The endpoint could not be removed.'));
  };
  return (
    <>
      <span className="row wrap">
        <button type="button" className="button small" disabled={!may} onClick={post('/test', 'The test could not be sent.', () => say('A test is on its way'))}>Send a test</button>
        <button type="button" className="button small" disabled={!may} onClick={post<{ replayed: number }>('/replay', 'Nothing could be replayed.', (a) => say(`${plural(a.replayed, 'failed message')} sent again`), { status: 'failed' })}>Replay what failed</button>
        {!e.enabled && <button type="button" className="button small" disabled={!may} onClick={post('/enable', 'It could not be enabled.', () => say('Enabled'))}>Enable</button>}
        <button type="button" className="button small" disabled={!may} onClick={post<Endpoint>('/rotate', 'The secret could not be changed.', (a) => setSecret(a.secret))}>New secret</button>
        <button type="button" className="button small danger" disabled={!may} onClick={() => setAsking(true)}>Remove</button>
      </span>
      {secret && <SecretPanel secret={secret} close={() => setSecret(undefined)} what="New messages are signed with this secret, and for a day with the old one too." />}
      {asking && <Confirm title="Remove this endpoint?" verb="Remove" act={remove} close={() => setAsking(false)}><p>It is told of nothing more. What was sent to it is forgotten.</p></Confirm>}
    </>
  );
}

function Deliveries({ endpoint }: { endpoint: Endpoint }) {
  const [status, setStatus] = useState('');
  const [offset, setOffset] = useState(0);
  const pace = usePace(5_000);
  const list = useQuery({
    queryKey: ['webhook', endpoint.id, 'deliveries', status, offset],
    queryFn: ({ signal }) => call<{ deliveries: Delivery[]; pagination: Pagination }>(withQuery(`/webhooks/${endpoint.id}/deliveries`, { status, limit: pageSize, offset }), { signal }),
    refetchInterval: pace,
    placeholderData: keepPreviousData,
  });
  return (
    <section className="stack tight" aria-labelledby="deliveries">
      <span className="row">
        <h2 id="deliveries" className="grow">Deliveries</h2>
        <select className="select" style={{ width: 'auto' }} aria-label="Only those that are" value={status} onChange={(e) => { setStatus(e.target.value); setOffset(0); }}>
          <option value="">All</option><option value="pending">Pending</option><option value="delivered">Delivered</option><option value="failed">Failed</option>
        </select>
      </span>
      {list.error && <ErrorPanel error={list.error} title="The deliveries could not be listed" retry={() => void list.refetch()} />}
      {list.isPending && <Skeleton />}
      {list.data?.deliveries.length === 0 && <Empty title="Nothing was sent yet">Every message appears here with its request and the answer. Send a test to see one.</Empty>}
      <ul>{list.data?.deliveries.map((d) => <DeliveryRow key={d.id} endpoint={endpoint.id} delivery={d} />)}</ul>
      {list.data && <Pager offset={offset} size={pageSize} total={list.data.pagination.total} move={setOffset} />}
    </section>
  );
}
