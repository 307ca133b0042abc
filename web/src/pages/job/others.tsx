import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { call, withQuery } from '../../api/client';
import { isFinal, type Batch, type ClassifyResult, type CrawlResult, type EmbeddingResult, type ExportResult, type ImportResult, type SplitResult } from '../../api/types';
import { count, duration, plural, sentence, size } from '../../parts/words';
import { Sentence } from '../../parts/tell';
import { Link } from '../../router';
import { BatchTable } from '../batches/table';

/** Figures with their names. */
export function Figures({ items }: { items: [string, ReactNode][] }) {
  return (
    <dl className="figures">
      {items.map(([name, value]) => <div key={name}><dt>{name}</dt><dd className="num">{value}</dd></div>)}
    </dl>
  );
}

const percent = (part: number): string => `${Math.round(part * 100)}%`;

/** The category of the document and of each page. */
export function Classification({ body, page, setPage }: { body: ClassifyResult; page: number; setPage: (n: number) => void }) {
  return (
    <div className="pad stack">
      <div><p className="verdict">{body.classification}</p><p className="muted">{percent(body.confidence)} sure</p></div>
      {body.page_results && body.page_results.length > 0 && (
        <table className="sheet middle">
          <thead><tr><th>Page</th><th>Category</th><th className="right">Sure</th></tr></thead>
          <tbody>
            {body.page_results.map((p) => (
              <tr key={p.page} className={p.page === page ? 'here' : undefined}>
                <td><button type="button" className="button quiet small num" aria-label={`Show page ${p.page}`} onClick={() => setPage(p.page)}>{p.page}</button></td>
                <td>{p.classification}{p.error && <span className="is-failed small"> {p.error}</span>}</td>
                <td className="right">{percent(p.confidence)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

/** The files that a document was cut into. */
export function Parts({ body, setPage }: { body: SplitResult; setPage: (n: number) => void }) {
  return (
    <div className="pad stack">
      <p>{body.message}.</p>
      <ul className="stack tight">
        {body.files.map((f) => (
          <li key={f.fileId} className="panel row wrap">
            <span className="grow"><strong>{f.name}</strong><span className="small muted"> {f.category && `${f.category}, `}{percent(f.confidence_score)} sure</span>
              <span className="pages-of">{f.page_numbers?.slice(0, 40).map((n) => <button key={n} type="button" className="button quiet small num" aria-label={`Show page ${n}`} onClick={() => setPage(n)}>{n}</button>)}</span>
            </span>
            <a className="button small" href={new URL(f.full_path).pathname} download={f.name}>Download</a>
          </li>
        ))}
      </ul>
    </div>
  );
}

const mostShown = 500;

/** The pages of a crawl. */
export function Crawled({ body }: { body: CrawlResult }) {
  return (
    <div className="pad stack">
      <Figures items={[['Pages read', count(body.pagesCrawled)], ['Failed', count(body.errors)], ['Duplicates', count(body.duplicates)], ['Disallowed', count(body.disallowed)], ['Hosts', count(body.hosts)]]} />
      <div className="scroll-x" tabIndex={0} role="group" aria-label="Pages">
        <table className="sheet stacked">
          <thead><tr><th>Address</th><th>Title</th><th className="right">Words</th><th>State</th></tr></thead>
          <tbody>
            {body.pages.slice(0, mostShown).map((p) => (
              <tr key={p.url}>
                <td className="break"><a href={p.url} target="_blank" rel="noreferrer">{p.url}</a></td>
                <td><PageText title={p.title || 'Its text'} text={p.text ?? ''} /></td><td className="right num">{count(p.word_count)}<span className="narrow-only"> words</span></td>
                <td className={p.status === 'failed' ? 'is-failed' : 'muted'}>{sentence(p.error_details?.error_type ?? p.status)}{p.error_details && <span className="small muted"> <Sentence text={p.error_details.message} /></span>}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {body.pages.length > mostShown && <p className="small muted">The first {mostShown}; download the JSON lines to see all.</p>}
      </div>
    </div>
  );
}

/** What was read of a page, under its title. */
function PageText({ title, text }: { title: string; text: string }) {
  const [open, setOpen] = useState(false);
  if (!text) return null;
  return (
    <details onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>{title}</summary>
      {open && <p className="segment-text">{text}</p>}
    </details>
  );
}

/** The vectors of an embedding, by the texts that they are of. */
export function Embedded({ body }: { body: EmbeddingResult }) {
  return (
    <div className="pad stack">
      <Figures items={[['Vectors', count(body.embeddings)], ['Dimensions', count(body.dimensions)], ['Model', body.model], ['Failed', count(body.errors)]]} />
      <div className="scroll-x" tabIndex={0} role="group" aria-label="Vectors">
        <table className="sheet stacked">
          <thead><tr><th>Text</th><th>From</th><th>Begins</th></tr></thead>
          <tbody>
            {body.vectors.slice(0, 100).map((v, i) => (
              <tr key={i}><td>{v.text.slice(0, 160)}</td><td>{v.file_name ?? 'text'}{v.page_number ? `, p. ${v.page_number}` : ''}</td><td className="mono nowrap">{v.embedding.slice(0, 4).map((n) => n.toFixed(3)).join(' ')} …</td></tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

export function Exported({ job, body }: { job: string; body: ExportResult }) {
  return (
    <div className="pad stack">
      <Figures items={[['Jobs', count(body.jobs)], ['Results', count(body.results)], ['Missing', count(body.missing)], ['Size', size(body.bytes)]]} />
      <p><a className="button primary" href={`/jobs/${job}/result?format=${body.format}`} download={body.file_name}>Download {body.file_name}</a></p>
      <p className="small muted break">SHA-256 {body.sha256}</p>
    </div>
  );
}

export function Imported({ body }: { body: ImportResult }) {
  return (
    <div className="pad stack">
      <Figures items={[['Documents', count(body.items)], ['Jobs made', count(body.submitted)], ['Refused', count(body.errors)], ['Took', duration(body.processing_time)]]} />
      {body.submitted > 0 && <ImportedJobs batch={body.batch_id} />}
      {body.faults.length > 0 && (
        <table className="sheet">
          <thead><tr><th>Document</th><th>What is wrong</th></tr></thead>
          <tbody>{body.faults.map((f) => <tr key={f.n}><td className="break">{f.name}</td><td className="is-failed"><Sentence text={String((f.error_details as { message?: string }).message ?? '')} /></td></tr>)}</tbody>
        </table>
      )}
    </div>
  );
}

const mostListed = 20;

/** The jobs that an import has made; all of them are on the page of its batch. */
function ImportedJobs({ batch }: { batch: string }) {
  const made = useQuery({
    queryKey: ['batch', batch, 'first'],
    queryFn: ({ signal }) => call<Batch>(withQuery(`/jobs/batch/${batch}`, { limit: mostListed }), { signal }),
    refetchInterval: ({ state }) => (state.data && isFinal(state.data.status) ? false : 3_000),
  });
  const link = (words: string) => <p><Link className="button" to={`/batches/${batch}`}>{words}</Link></p>;
  if (!made.data) return link('Open the batch');
  return (
    <>
      <BatchTable jobs={made.data.jobs} />
      {link(`${isFinal(made.data.status) ? 'Open' : 'Watch'} the batch of ${plural(made.data.total_jobs, 'job')}`)}
    </>
  );
}
