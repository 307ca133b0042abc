import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { call } from '../../api/client';
import { asProblem } from '../../api/errors';
import { useFeed, usePace } from '../../api/live';
import { isFinal, type ErrorDetails, type Job } from '../../api/types';
import { Skeleton } from '../../parts/basics';
import { Tabs, type Tab } from '../../parts/tabs';
import { Empty, ErrorPanel, Sentence } from '../../parts/tell';
import { plural, sentence } from '../../parts/words';
import { Link, go, useAddress, useTitle } from '../../router';
import { Fields } from './fields';
import { Failure, JobHeader } from './header';
import { Classification, Crawled, Embedded, Exported, Imported, Parts } from './others';
import { PasswordForm, lacksPassword } from './password';
import { InFormat, PlainText, Segments, Tables, segmentsOf } from './parse';
import { fieldRows, regionOfSegment, type FieldRow, type Region } from './regions';
import { useOutcome, type Outcome, type Result } from './results';
import { Timeline } from './timeline';
import { Viewer, type Pointing } from './viewer';

function useJob(id: string) {
  const pace = usePace(5_000, 1_500);
  return useQuery({
    queryKey: ['job', id],
    queryFn: ({ signal }) => call<Job>(`/jobs/${id}/status`, { signal }),
    refetchInterval: ({ state }) => (state.data && isFinal(state.data.status) ? false : pace),
    refetchOnMount: 'always',
  });
}

/** One job: its document beside what came of it. */
export function JobPage({ id }: { id: string }) {
  const job = useJob(id);
  useTitle(job.data?.pdf_name || 'Job');
  const client = useQueryClient();
  const feed = useFeed();
  const other = job.data && !id.startsWith('job_') ? job.data.alias_id : undefined;
  useEffect(() => {
    if (other) go(`/jobs/${other}`, { replace: true }); // the feed speaks of job_…
  }, [other]);
  useEffect(() => feed.listen((changes) => {
    if (changes.some((c) => 'deleted' in c && c.deleted === id)) void client.invalidateQueries({ queryKey: ['job', id] });
  }), [client, feed, id]);
  const problem = job.error ? asProblem(job.error) : undefined;
  if (problem?.status === 404) {
    return <div className="page"><h1 className="hidden">Job</h1><Empty title="There is no such job" action={<Link className="button" to="/">Go to the jobs</Link>}>It was deleted, has expired, or its id is mistyped: <code>{id}</code></Empty></div>;
  }
  if (problem && !job.data) return <div className="page"><h1>Job</h1><ErrorPanel error={problem} title="The job could not be read" retry={() => void job.refetch()} /></div>;
  if (!job.data) return <div className="page"><h1 className="hidden">Job</h1><Skeleton lines={6} /></div>;
  return <JobView job={job.data} />;
}

function JobView({ job }: { job: Job }) {
  const outcome = useOutcome(job);
  const [input, setInput] = useState(1);
  const part = outcome.data?.parts[input - 1];
  return (
    <div className="job-page">
      <JobHeader job={job} result={outcome.data?.whole} />
      <Failure job={job} />
      {job.warnings && job.warnings.length > 0 && <p className="panel warn small">Note: {job.warnings.map((w) => sentence(w).toLowerCase()).join(', ')}.</p>}
      {outcome.error && <ErrorPanel error={outcome.error} title="The result could not be read" retry={() => void outcome.refetch()} />}
      {(outcome.data?.parts.length ?? 1) > 1 && <PartPicker outcome={outcome.data!} input={input} choose={setInput} />}
      <Body key={input} job={job} input={input} outcome={outcome.data} result={part?.result} error={part?.error} />
    </div>
  );
}

function PartPicker({ outcome, input, choose }: { outcome: Outcome; input: number; choose: (n: number) => void }) {
  const failed = outcome.parts.filter((p) => p.error).length;
  return (
    <label className="row small">
      <span className="muted">{plural(outcome.parts.length, 'document')}{failed ? `, ${failed} failed` : ''}</span>
      <select className="select" style={{ width: 'auto', maxWidth: '60%' }} value={input} onChange={(e) => choose(Number(e.target.value))}>
        {outcome.parts.map((p, i) => <option key={i} value={i + 1}>{p.error ? '✕ ' : ''}{p.name}</option>)}
      </select>
    </label>
  );
}

interface BodyProps {
  job: Job;
  input: number;
  outcome?: Outcome;
  result?: Result;
  error?: ErrorDetails;
}

/** The page on the left, what came of it on the right. */
function Body({ job, input, outcome, result, error }: BodyProps) {
  const { query } = useAddress();
  const [page, setPage] = useState(Math.max(1, Number(query.get('page')) || 1));
  const [tab, setTab] = useState(query.get('tab') ?? '');
  const [pointing, setPointing] = useState<Pointing>({});
  const rows = useMemo(() => (result?.shape === 'extract' ? fieldRows(result.body.data) : []), [result]);
  const regions = useMemo(() => regionsOf(result, rows), [result, rows]);
  const shown = hasPages(job) && !error;
  const pages = pagesIn(result) || job.progress.total_pages || 0;
  const point = (p: Pointing) => {
    const place = p.by === 'list' && p.fixed ? regions.find((r) => r.id === p.id) : undefined;
    if (place) setPage(place.page);
    setPointing(p);
  };
  const look = { pointing, point, page, setPage };
  const tabs = tabsOf(job, result, outcome, rows, look, error);
  const chosen = tabs.some((t) => t.name === tab) ? tab : (tabs[0]?.name ?? '');
  return (
    <div className={`job-body${shown ? '' : ' single'}`}>
      {shown && <Viewer job={job.job_id} input={input} page={page} pages={pages} setPage={setPage} regions={regions.filter((r) => r.page === page)} pointing={pointing} point={point} />}
      <section className="result" aria-label="Result"><Tabs label="Result" tabs={tabs} chosen={chosen} choose={setTab} /></section>
    </div>
  );
}

/** Whether there are pages to look at: of a document that could not be opened there are none. */
function hasPages(job: Job): boolean {
  if (job.file_count === 0 || ['web_crawling', 'export', 'import'].includes(job.operation)) return false;
  if (job.status === 'failed' && !job.progress.total_pages) return false;
  return job.pdf_hash !== '' || job.status === 'completed';
}

function pagesIn(r: Result | undefined): number {
  switch (r?.shape) {
    case 'parse':
      return r.body.page_count;
    case 'classify':
      return r.body.total_pages ?? 0;
    default:
      return 0;
  }
}

function regionsOf(r: Result | undefined, rows: FieldRow[]): Region[] {
  return r?.shape === 'parse' ? segmentsOf(r.body).map(regionOfSegment) : rows.flatMap((f) => f.regions);
}

interface Look {
  pointing: Pointing;
  point: (p: Pointing) => void;
  page: number;
  setPage: (n: number) => void;
}

function tabsOf(job: Job, result: Result | undefined, outcome: Outcome | undefined, rows: FieldRow[], look: Look, error?: ErrorDetails): Tab[] {
  const tabs: Tab[] = resultTabs(job, result, rows, look, outcome);
  if (error) tabs.push({ name: 'result', label: 'Result', content: () => <div className="pad"><section className="panel error"><h2>This document failed</h2><p><Sentence text={error.message} /></p>{lacksPassword(error.error_type) && <PasswordForm job={job} />}</section></div> });
  else if (job.status === 'completed' && !result) tabs.push({ name: 'result', label: 'Result', content: () => <div className="pad"><Skeleton lines={8} /></div> });
  if (outcome) tabs.push({ name: 'json', label: 'JSON', content: () => <PlainText text={JSON.stringify(JSON.parse(outcome.text), null, 2)} label="Result as JSON" /> });
  tabs.push({ name: 'timeline', label: 'Time line', content: () => <Timeline job={job} /> });
  return tabs;
}

function resultTabs(job: Job, result: Result | undefined, rows: FieldRow[], look: Look, outcome?: Outcome): Tab[] {
  const one = (content: Tab['content'], label = 'Result'): Tab[] => [{ name: 'result', label, content }];
  switch (result?.shape) {
    case 'parse': {
      const segments = segmentsOf(result.body);
      const tabs = one(() => <Segments segments={segments} {...look} />);
      if (segments.some((s) => s.segment_type === 'Table')) tabs.push({ name: 'tables', label: 'Tables', content: () => <Tables segments={segments} {...look} /> });
      if (outcome?.whole === result) tabs.push({ name: 'markdown', label: 'Markdown', content: () => <InFormat job={job.job_id} format="md" label="Markdown" /> });
      return tabs;
    }
    case 'extract':
      return one(() => <Fields rows={rows} {...look} />, 'Fields');
    case 'classify':
      return one(() => <Classification body={result.body} page={look.page} setPage={look.setPage} />);
    case 'split':
      return one(() => <Parts body={result.body} setPage={look.setPage} />, 'Files');
    case 'crawl':
      return one(() => <Crawled body={result.body} />, 'Pages');
    case 'embedding':
      return one(() => <Embedded body={result.body} />, 'Vectors');
    case 'export':
      return one(() => <Exported job={job.job_id} body={result.body} />);
    case 'import':
      return one(() => <Imported body={result.body} />);
    default:
      return [];
  }
}
