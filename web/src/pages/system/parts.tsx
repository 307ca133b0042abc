import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Stats } from '../../api/figures';
import type { PauseList, Readiness } from '../../api/types';
import { call } from '../../api/client';
import { Ago, Skeleton } from '../../parts/basics';
import { ErrorPanel, useComplain } from '../../parts/tell';
import { operationWord, sentence } from '../../parts/words';
import { operations } from '../new/operations';

/** The answer of /readyz, which is no error when it is a 503. */
async function readiness(signal: AbortSignal): Promise<Readiness> {
  return (await (await fetch('/readyz', { signal })).json()) as Readiness;
}

/** What the server needs, and whether it is there. */
export function Checks() {
  const ready = useQuery({ queryKey: ['readyz'], queryFn: ({ signal }) => readiness(signal), refetchInterval: 10_000 });
  if (ready.error) return <ErrorPanel error={ready.error} title="The server does not say how it is" retry={() => void ready.refetch()} />;
  if (!ready.data) return <Skeleton lines={2} />;
  return (
    <section>
      <h2>{ready.data.status === 'ready' ? 'It can take work' : 'It cannot take work'}</h2>
      <ul className="row wrap checks">
        {ready.data.checks.map((c) => (
          <li key={c.name} className={`state ${c.ok ? 'is-completed' : 'is-failed'}`}><span aria-hidden="true">{c.ok ? '●' : '✕'}</span> {sentence(c.name)}{c.reason && `: ${c.reason}`}</li>
        ))}
      </ul>
    </section>
  );
}

/** The machines that work. */
export function Nodes({ system }: { system: NonNullable<Stats['system']> }) {
  return (
    <section>
      <h2>Workers</h2>
      <div className="scroll-x" tabIndex={0} role="group" aria-label="Workers">
        <table className="sheet">
          <thead><tr><th>Host</th><th>Role</th><th>Version</th><th className="right">Busy</th><th>Since</th><th>Seen</th><th>State</th></tr></thead>
          <tbody>
            {system.nodes.map((n) => (
              <tr key={n.id} title={n.id}>
                <td>{n.host}</td><td>{n.role}</td><td className="mono">{n.version}</td><td className="right">{n.busy} of {n.slots}</td>
                <td className="muted"><Ago at={n.started_at} /></td><td className="muted"><Ago at={n.seen_at} /></td>
                <td className={n.state === 'live' ? 'is-completed' : 'is-failed'}>{n.state}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** Lets work wait, and go on. */
export function Pauses() {
  const client = useQueryClient();
  const complain = useComplain();
  const pauses = useQuery({ queryKey: ['pauses'], queryFn: ({ signal }) => call<PauseList>('/pauses', { signal }), refetchInterval: 30_000 });
  const since = new Map(pauses.data?.paused.map((p) => [p.what, p.since]));
  const set = (what: string, to: boolean) => {
    call<PauseList>(`/pauses/${what}`, { method: to ? 'PUT' : 'DELETE' })
      .then((answer) => {
        client.setQueryData(['pauses'], answer);
        return client.invalidateQueries({ queryKey: ['readyz'] });
      })
      .catch(complain('That could not be done.'));
  };
  if (pauses.error) return <ErrorPanel error={pauses.error} title="What is paused could not be read" retry={() => void pauses.refetch()} />;
  return (
    <section>
      <h2>Pauses</h2>
      <p className="small muted">While the intake is paused no job is taken. Jobs of a paused operation are taken and wait.</p>
      <ul className="pauses">
        {['intake', ...operations.map((o) => o.name)].map((what) => {
          const paused = since.get(what);
          return (
            <li key={what} className="row">
              <span className="grow">{what === 'intake' ? 'Intake' : operationWord(what)}{paused && <span className="is-cancelled"> ⊘ paused <Ago at={paused} /></span>}</span>
              <button type="button" className="button small" onClick={() => set(what, !paused)} aria-label={`${paused ? 'Resume' : 'Pause'} ${what}`}>{paused ? 'Resume' : 'Pause'}</button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
