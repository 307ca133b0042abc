import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { call } from '../api/client';
import type { Key, Scope } from '../api/types';
import { Ago, Checkbox, Field, Skeleton } from '../parts/basics';
import { Confirm, Empty, ErrorPanel, useComplain } from '../parts/tell';
import { useTitle } from '../router';
import { useMay, useSession } from '../session';
import { SecretPanel } from './webhooks/secret';

/** The keys of programs; for admins. */
export function KeysPage() {
  useTitle('Keys');
  const admin = useMay('admin');
  const { open_mode: open } = useSession();
  const [adding, setAdding] = useState(false);
  const [shown, setShown] = useState<Key>();
  const list = useQuery({ queryKey: ['keys'], queryFn: ({ signal }) => call<{ keys: Key[] }>('/keys', { signal }), enabled: admin });
  if (!admin) return <div className="page"><h1>Keys</h1><Empty title="Keys are for admins">Your key has not the scope admin. Ask the operator.</Empty></div>;
  const add = <button type="button" className="button primary" onClick={() => setAdding(true)}>Make a key</button>;
  return (
    <div className="page">
      <header><h1>Keys</h1>{!adding && list.data && list.data.keys.length > 0 && add}</header>
      {shown?.key && <SecretPanel secret={shown.key} close={() => setShown(undefined)} what={`The key ${shown.name ? `“${shown.name}” ` : ''}of the account ${shown.account}. Send it as X-API-Key, api-key or Authorization: Bearer.`} />}
      {adding && <AddKey first={open} close={() => setAdding(false)} done={(k) => { setAdding(false); setShown(k); }} />}
      {list.error && <ErrorPanel error={list.error} title="The keys could not be listed" retry={() => void list.refetch()} />}
      {list.isPending && <Skeleton />}
      {list.data?.keys.length === 0 && !adding && <Empty title="No keys: the server is open" action={add}>Everyone on this machine may do everything. The first key ends that at once; then everybody needs one, you too.</Empty>}
      {list.data && list.data.keys.length > 0 && (
        <div className="scroll-x" tabIndex={0} role="group" aria-label="Keys">
          <table className="sheet rows">
            <thead><tr><th>Name</th><th>Account</th><th>May</th><th>Begins</th><th>State</th><th>Last used</th><th><span className="hidden">Actions</span></th></tr></thead>
            <tbody>{list.data.keys.map((k) => <KeyRow key={k.id} item={k} show={setShown} />)}</tbody>
          </table>
        </div>
      )}
    </div>
  );
}

const looks = { active: 'is-completed', expired: 'is-cancelled', revoked: 'is-failed' };

function KeyRow({ item: k, show }: { item: Key; show: (k: Key) => void }) {
  const client = useQueryClient();
  const complain = useComplain();
  const { key_id: mine } = useSession();
  const [asking, setAsking] = useState(false);
  const send = (path: string, method: string, body: object | undefined, what: string, done: (k: Key) => void) => {
    call<Key>(`/keys/${k.id}${path}`, { method, body })
      .then((answer) => {
        done(answer);
        return client.invalidateQueries({ queryKey: ['keys'] });
      })
      .catch(complain(what));
  };
  return (
    <tr>
      <td>{k.name || <span className="muted">no name</span>}{k.id === mine && <span className="tag">yours</span>}</td>
      <td>{k.account}</td>
      <td className="muted">{k.scopes.join(', ')}</td>
      <td className="mono">{k.prefix}…</td>
      <td className={looks[k.state]}>{k.state}</td>
      <td className="muted">{k.last_used_at ? <Ago at={k.last_used_at} /> : 'never'}</td>
      <td className="right">
        {k.state === 'active' && (
          <span className="row">
            <button type="button" className="button small" onClick={() => send('/rotate', 'POST', { overlap: 86_400 }, 'The key could not be rotated.', show)} title="A new secret; the old one stays good for a day">Rotate</button>
            <button type="button" className="button small danger" onClick={() => setAsking(true)}>Revoke</button>
          </span>
        )}
        {asking && (
          <Confirm title={`Revoke ${k.name || k.prefix}?`} verb="Revoke" act={() => send('', 'DELETE', undefined, 'The key could not be revoked.', () => {})} close={() => setAsking(false)}>
            <p>It ends at once and for good, with its sessions and streams.{k.id === mine && ' It is the one that you use.'}</p>
          </Confirm>
        )}
      </td>
    </tr>
  );
}

const scopes: { name: Scope; words: string }[] = [
  { name: 'read', words: 'read: shows jobs' },
  { name: 'write', words: 'write: makes, cancels and deletes them' },
  { name: 'admin', words: 'admin: both, for every account, and keys' },
];

function AddKey({ first, close, done }: { first: boolean; close: () => void; done: (k: Key) => void }) {
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [account, setAccount] = useState('local');
  const [chosen, setChosen] = useState<Scope[]>(first ? ['admin'] : ['read', 'write']);
  const [error, setError] = useState<unknown>();
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    setError(undefined);
    try {
      const made = await call<Key>('/keys', { method: 'POST', body: { name, account, scopes: chosen } });
      // The first key ends open mode, also for this page: it signs in with it.
      if (first && made.key && chosen.includes('admin')) await call('/session', { method: 'POST', body: { key: made.key } });
      done(made);
      await client.invalidateQueries();
    } catch (problem) {
      setError(problem);
    }
  };
  return (
    <form className="panel stack" onSubmit={(e) => void submit(e)} aria-label="Make a key">
      {first && <p>This is the first key: from now on everybody needs one. Give it the scope admin, and you stay signed in with it.</p>}
      <Field label="Name" hint="What it is for.">{(id, described) => <input id={id} aria-describedby={described} className="input" autoFocus value={name} onChange={(e) => setName(e.target.value)} />}</Field>
      <Field label="Account" hint="Made when it is new.">{(id, described) => <input id={id} aria-describedby={described} className="input" required value={account} onChange={(e) => setAccount(e.target.value)} />}</Field>
      <fieldset>
        <legend className="legend">It may</legend>
        <div className="stack tight">
          {scopes.map((s) => <Checkbox key={s.name} checked={chosen.includes(s.name)} change={(to) => setChosen(to ? [...chosen, s.name] : chosen.filter((x) => x !== s.name))}>{s.words}</Checkbox>)}
        </div>
      </fieldset>
      {error !== undefined && <ErrorPanel error={error} title="The key was not made" />}
      <span className="row"><button type="submit" className="button primary" disabled={chosen.length === 0}>Make it</button><button type="button" className="button" onClick={close}>Cancel</button></span>
    </form>
  );
}
