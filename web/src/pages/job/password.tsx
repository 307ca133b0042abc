import { useState, type FormEvent } from 'react';
import type { Job } from '../../api/types';
import { ErrorPanel } from '../../parts/tell';
import { Field } from '../../parts/basics';
import { useMay, useSession } from '../../session';
import { useRerun } from './rerun';

/** Whether a document failed for want of its password. */
export const lacksPassword = (code: string | undefined): boolean => code === 'password_protected';

/** Runs a job again with the password of its document. */
export function PasswordForm({ job }: { job: Job }) {
  const rerun = useRerun(job);
  const own = useSession().account === job.user_id;
  const may = useMay('write') && own;
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  if (!may) return null;
  const submit = (e: FormEvent) => {
    e.preventDefault();
    setBusy(true);
    setError(undefined);
    rerun({ password }).catch(setError).finally(() => setBusy(false));
  };
  return (
    <form className="stack tight password" onSubmit={submit}>
      <Field label="Password of the document" hint="It is kept with the new job, until that expires.">
        {(id, described) => (
          <span className="row">
            <input id={id} aria-describedby={described} className="input" type="password" autoComplete="off" required value={password} onChange={(e) => setPassword(e.target.value)} />
            <button type="submit" className="button" disabled={busy || !password}>{busy ? 'Making it…' : 'Run again with it'}</button>
          </span>
        )}
      </Field>
      {error !== undefined && <ErrorPanel error={error} title="The job could not be run again" />}
    </form>
  );
}
