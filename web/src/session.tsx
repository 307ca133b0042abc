import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useState, type FormEvent, type ReactNode } from 'react';
import { call } from './api/client';
import { asProblem } from './api/errors';
import type { Scope, Session } from './api/types';
import { ErrorPanel } from './parts/tell';
import { Field, Skeleton } from './parts/basics';
import { useTitle } from './router';

const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession outside SessionGate');
  return session;
}

/** Whether the caller may do what needs the scope. */
export function useMay(scope: Scope): boolean {
  const { scopes } = useSession();
  return scopes.includes(scope) || scopes.includes('admin');
}

/** Shows the pages to those whom the server knows, and the others a door. */
export function SessionGate({ children }: { children: ReactNode }) {
  const session = useQuery({ queryKey: ['session'], queryFn: () => call<Session>('/session'), staleTime: 60_000, refetchInterval: 300_000 });
  if (session.data && asProblem(session.error).status !== 401) return <SessionContext value={session.data}>{children}</SessionContext>;
  if (!session.error) {
    return <main className="sign-in"><h1 className="hidden">Docket</h1><Skeleton lines={3} /></main>;
  }
  if (asProblem(session.error).status === 401) return <SignIn />;
  return (
    <main className="sign-in">
      <h1>Docket</h1>
      <ErrorPanel error={session.error} title="The dashboard cannot reach its server" retry={() => void session.refetch()} />
    </main>
  );
}

function SignIn() {
  useTitle('Sign in');
  const client = useQueryClient();
  const [key, setKey] = useState('');
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await call('/session', { method: 'POST', body: { key: key.trim() } });
      await client.resetQueries(); // nothing of another account stays
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const wrong = error ? asProblem(error) : undefined;
  return (
    <main className="sign-in">
      <span className="row"><img src="/ui/icon.svg" alt="" width="28" height="28" /><h1>Sign in to Docket</h1></span>
      <p className="muted">Show one of this server's keys. It is kept in a cookie that no script can read, for a day.</p>
      <form className="stack" onSubmit={(e) => void submit(e)}>
        <Field label="Key" error={wrong && (wrong.status === 401 ? 'That is not one of this server\'s keys, or it is no longer good.' : wrong.message)} hint={<>Begins with <code>docket_</code>. An operator makes one with <code>docket keys create</code>.</>}>
          {(id, described) => (
            <input id={id} aria-describedby={described} aria-invalid={wrong ? true : undefined} className="input mono" type="password" autoComplete="current-password" required autoFocus value={key} onChange={(e) => setKey(e.target.value)} />
          )}
        </Field>
        <button type="submit" className="button primary" disabled={busy || !key.trim()}>{busy ? 'Signing in…' : 'Sign in'}</button>
      </form>
    </main>
  );
}
