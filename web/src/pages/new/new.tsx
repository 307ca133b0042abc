import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { call, newIdempotencyKey, upload } from '../../api/client';
import { asProblem } from '../../api/errors';
import { useLive } from '../../api/live';
import type { Batch, Job } from '../../api/types';
import { Bar, Checkbox, Copy, Field } from '../../parts/basics';
import { ErrorPanel, useSay } from '../../parts/tell';
import { operationWord, plural } from '../../parts/words';
import { go, useAddress, useTitle } from '../../router';
import { useMay, useSession } from '../../session';
import { Documents } from './documents';
import { setFiles, useFiles } from './drop';
import { Parameters } from './fields';
import { initialValues, operations, type OperationForm, type Values } from './operations';
import { curlOf, formOf, isBatch, submissionOf, type Draft, type Submission } from './submission';

/** Hands in documents. */
export function NewPage() {
  useTitle('New job');
  const { query } = useAddress();
  const session = useSession();
  const files = useFiles();
  const [form, setForm] = useState<OperationForm>(() => operations.find((o) => o.name === query.get('operation')) ?? operations[0]!);
  const [kept, setKept] = useState<Record<string, Values>>({});
  const [addresses, setAddresses] = useState('');
  const [tags, setTags] = useState('');
  const [webhook, setWebhook] = useState('');
  const [reuse, setReuse] = useState(false);
  const [together, setTogether] = useState(false);
  const [tried, setTried] = useState(false);
  const values = kept[form.name] ?? initialValues(form);
  const draft: Draft = {
    form, values, files, together, webhook, reuse,
    addresses: addresses.split(/\s+/).filter(Boolean),
    tags: tags.split(',').map((t) => t.trim()).filter(Boolean),
  };
  const { submission, faults } = submissionOf(draft);
  const { send, busy, part, error, cancel } = useSend();
  const may = useMay('write');
  const submit = (e: FormEvent) => {
    e.preventDefault();
    setTried(true);
    if (Object.keys(faults).length === 0) void send(submission);
  };
  const shown = tried ? faults : {};
  return (
    <div className="page">
      <header><h1>New job</h1></header>
      <form className="new" onSubmit={submit} noValidate>
        <div className="stack">
          <Documents form={form} files={files} addresses={addresses} setAddresses={setAddresses} fault={shown.documents} />
          {files.length + draft.addresses.length > 1 && form.documents === 'needed' && !['document_processing', 'import'].includes(form.name) && (
            <Checkbox checked={together} change={setTogether}>As one job with all documents, not as a batch with a job for each</Checkbox>
          )}
          <OperationPicker chosen={form} choose={setForm} />
          <Parameters form={form} values={values} change={(v) => setKept({ ...kept, [form.name]: v })} faults={shown} />
          <Field label="Tags" hint="To find the job by; with commas between.">
            {(id, described) => <input id={id} aria-describedby={described} className="input" value={tags} onChange={(e) => setTags(e.target.value)} />}
          </Field>
          <details className="more">
            <summary>Whom to tell, and reuse</summary>
            <div className="stack">
              <Field label="Webhook" hint="An address that is told of each change of this job.">
                {(id, described) => <input id={id} aria-describedby={described} className="input" inputMode="url" placeholder="https://example.com/hook" value={webhook} onChange={(e) => setWebhook(e.target.value)} />}
              </Field>
              <Checkbox checked={reuse} change={setReuse}>Take over the result of an earlier job with the same documents and settings</Checkbox>
            </div>
          </details>
        </div>
        <aside className="stack" aria-label="The request">
          <Curl text={curlOf(submission, window.location.origin, !session.open_mode, form.documents === 'needed' && faults.documents !== undefined)} />
          {error !== undefined && (asProblem(error).unreachable
            ? <section className="panel error" role="alert"><h2>The server cannot be reached</h2><p>What you have entered stays here. Send it again when the server is back; nothing is made twice.</p></section>
            : <ErrorPanel error={error} title="It was not taken" />)}
          {busy && files.length > 0 && <Bar percent={Math.round(part * 100)} label="Upload" />}
          <span className="row">
            <button type="submit" className="button primary grow" disabled={busy || !may}>{busy ? (part < 1 && files.length > 0 ? `Sending… ${Math.round(part * 100)}%` : 'Sending…') : verb(draft)}</button>
            {busy && <button type="button" className="button" onClick={cancel}>Stop</button>}
          </span>
          {!may && <p className="small muted">Your key may read, but not make jobs.</p>}
          {tried && Object.keys(faults).length > 0 && <p className="small is-failed" role="alert">{faults.documents ?? 'Something above is missing or wrong.'}</p>}
        </aside>
      </form>
    </div>
  );
}

function verb(d: Draft): string {
  const n = d.files.length + d.addresses.length;
  return isBatch(d) ? `Make ${plural(n, 'job')}` : `${operationWord(d.form.name)}${n > 1 ? ` ${plural(n, 'document')}` : ''}`;
}

function OperationPicker({ chosen, choose }: { chosen: OperationForm; choose: (form: OperationForm) => void }) {
  return (
    <fieldset>
      <legend className="legend">Operation</legend>
      <div className="operations">
        {operations.map((o) => (
          <label key={o.name} className={`operation${o === chosen ? ' chosen' : ''}`}>
            <input type="radio" name="operation" value={o.name} checked={o === chosen} onChange={() => choose(o)} />
            <span><strong>{operationWord(o.name)}</strong><span className="small muted">{o.sentence}</span></span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Curl({ text }: { text: string }) {
  return (
    <section className="panel curl" aria-labelledby="curl-title">
      <div className="row"><h2 id="curl-title" className="grow">The same from a terminal</h2><Copy text={text}>Copy</Copy></div>
      <pre tabIndex={0} aria-label="curl line">{text}</pre>
    </section>
  );
}

/** Sends a submission; a repeat after a failure is the same request and makes nothing twice. */
function useSend() {
  const client = useQueryClient();
  const say = useSay();
  const [busy, setBusy] = useState(false);
  const [part, setPart] = useState(0);
  const [error, setError] = useState<unknown>();
  const stop = useRef<AbortController>(null);
  const live = useLive() === 'live';
  useEffect(() => {
    // What could not be reached can be now.
    if (live) setError((old: unknown) => (old !== undefined && asProblem(old).unreachable ? undefined : old));
  }, [live]);
  const last = useRef({ body: '', key: '' });
  const send = async (s: Submission) => {
    const body = JSON.stringify([s.path, s.fields, s.files.map((f) => [f.file.name, f.file.size, f.file.lastModified])]);
    if (last.current.body !== body) last.current = { body, key: newIdempotencyKey() };
    const { key } = last.current;
    stop.current = new AbortController();
    setBusy(true);
    setPart(0);
    setError(undefined);
    try {
      const made = s.files.length > 0
        ? await upload<Job | Batch>(s.path, formOf(s), key, setPart, stop.current.signal)
        : await call<Job | Batch>(s.path, { method: 'POST', body: s.fields, headers: { 'Idempotency-Key': key }, signal: stop.current.signal });
      last.current = { body: '', key: '' };
      setFiles([]);
      void client.invalidateQueries({ queryKey: ['jobs'] });
      if ('job_id' in made) {
        client.setQueryData(['job', made.job_id], made);
        go(`/jobs/${made.job_id}`);
      } else {
        say(`${plural(made.total_jobs, 'job')} made`);
        go(`/batches/${made.batch_id}`);
      }
    } catch (problem) {
      if (!(problem instanceof DOMException)) setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return { send, busy, part, error, cancel: () => stop.current?.abort() };
}
