import { useEffect, useRef, useState } from 'react';
import { asProblem } from '../../api/errors';
import type { BulkAction } from '../../api/figures';
import { statuses, type Status } from '../../api/types';
import { useMay } from '../../session';
import { Skeleton, useNewest, useSettled } from '../../parts/basics';
import { Confirm, Empty, ErrorPanel } from '../../parts/tell';
import { count, glyphs, plural, stateWords } from '../../parts/words';
import { Link, go, useAddress, useTitle } from '../../router';
import { useBulk, type Chosen } from './bulk';
import { useCounts, type Row } from './data';
import { JobList, useJobList, type JobListState } from './list';
import { statusesIn, withStatus } from './search';

/** The jobs of the account, newest first. */
export function JobsPage() {
  useTitle('Jobs');
  const { query } = useAddress();
  const q = query.get('q') ?? '';
  const list = useJobList(q);
  const [selected, setSelected] = useState(new Set<string>());
  const [everything, setEverything] = useState(false);
  const clear = () => {
    setSelected(new Set());
    setEverything(false);
  };
  useEffect(clear, [q]);
  const select = (row: Row, to: boolean) => {
    setEverything(false);
    setSelected((old) => {
      const next = new Set(old);
      if (to) next.add(row.job_id);
      else next.delete(row.job_id);
      return next;
    });
  };
  const search = useRef<HTMLInputElement>(null);
  useKeys(list, search, (row) => select(row, !selected.has(row.job_id)), clear);
  const chosen: Chosen = everything ? { search: q } : { ids: [...selected] };
  const number = everything ? list.total : selected.size;
  return (
    <div className="page full">
      <header>
        <h1>Jobs</h1>
        <Link to="/new" className="button primary">New job</Link>
      </header>
      <Chips q={q} />
      <Search q={q} field={search} error={list.error} truncated={list.truncated} />
      {number > 0 && (
        <BulkBar number={number} chosen={chosen} clear={clear} all={everything || selected.size >= list.total ? undefined : { total: list.total, choose: () => setEverything(true) }} />
      )}
      <div className="job-area">
        {list.waiting > 0 && !list.seen.atTop && (
          <button type="button" className="button small new-rows" onClick={() => { list.showNew(); list.scroller?.scrollTo({ top: 0 }); }}>
            {count(list.waiting)} new
          </button>
        )}
        <Rows list={list} q={q} selected={selected} select={select} />
      </div>
    </div>
  );
}

function Rows({ list, q, selected, select }: { list: JobListState; q: string; selected: Set<string>; select: (row: Row, to: boolean) => void }) {
  const { loaded } = list;
  if (!loaded && list.error && asProblem(list.error).field !== 'q') return <ErrorPanel error={list.error} title="The jobs could not be listed" retry={list.retry} />;
  if (!loaded && !list.error) return <Skeleton lines={8} />;
  if (loaded && list.total === 0) {
    return q
      ? <Empty title="No job is like that" action={<button type="button" className="button" onClick={() => go('/')}>Show all jobs</button>}>Nothing matches “{q}”.</Empty>
      : <Empty title="No jobs yet" action={<Link to="/new" className="button primary">Hand in a document</Link>}>Drop a document anywhere on this page, and what comes of it is listed here.</Empty>;
  }
  return <JobList list={list} selected={selected} select={select} />;
}

/** The number of jobs in each state; a click shows these alone. */
function Chips({ q }: { q: string }) {
  const counts = useCounts(withStatus(q, undefined)).data;
  const chosen = statusesIn(q);
  const show = (status: Status | undefined) => go(address(withStatus(q, status)));
  return (
    <div className="chips" role="group" aria-label="Show by state">
      <button type="button" className="chip" aria-pressed={chosen.length === 0} onClick={() => show(undefined)}>
        All <span className="num">{counts ? count(counts.total) : '·'}</span>
      </button>
      {statuses.map((s) => (
        <button key={s} type="button" className={`chip is-${s}`} aria-pressed={chosen.includes(s)} onClick={() => show(chosen.includes(s) ? undefined : s)}>
          <span aria-hidden="true">{glyphs[s]}</span> {stateWords[s]} <span className="num">{counts ? count(counts[s]) : '·'}</span>
        </button>
      ))}
    </div>
  );
}

const address = (q: string): string => (q ? `/?${new URLSearchParams({ q }).toString()}` : '/');

function Search({ q, field, error, truncated }: { q: string; field: React.RefObject<HTMLInputElement | null>; error: unknown; truncated: boolean }) {
  const [text, setText] = useState(q);
  const settled = useSettled(text.trim(), 350);
  const shown = useNewest(q);
  useEffect(() => setText(q), [q]);
  useEffect(() => {
    if (settled !== shown.current) go(address(settled), { replace: true });
  }, [settled, shown]);
  const wrong = error && asProblem(error).field === 'q' ? asProblem(error).message : undefined;
  return (
    <div>
      <input
        ref={field} className="input" type="search" value={text} onChange={(e) => setText(e.target.value)}
        aria-label="Search jobs" aria-describedby="search-note" aria-invalid={wrong ? true : undefined}
        placeholder="File name, id, or status:failed op:extract tag:invoices after:2026-01-01"
      />
      <p id="search-note" className={`small ${wrong ? 'is-failed' : 'muted'}`} style={{ marginTop: 4 }} role={wrong ? 'alert' : undefined}>
        {wrong ?? (truncated ? 'Found in the newest jobs; add a state, a tag or a time to look further back.' : <span className="keys"><kbd>/</kbd> search <kbd>j</kbd> <kbd>k</kbd> move <kbd>x</kbd> select <kbd>enter</kbd> open</span>)}
      </p>
    </div>
  );
}

function BulkBar({ number, chosen, all, clear }: { number: number; chosen: Chosen; all?: { total: number; choose: () => void }; clear: () => void }) {
  const bulk = useBulk();
  const may = useMay('write');
  const [asking, setAsking] = useState<BulkAction>();
  const act = (action: BulkAction) => {
    void bulk(action, chosen);
    clear();
  };
  return (
    <div className="bulk" role="region" aria-label="Selected jobs">
      <strong className="num">{count(number)} selected</strong>
      {all && <button type="button" className="button quiet small" onClick={all.choose}>Select all {count(all.total)}</button>}
      <span className="grow" />
      <button type="button" className="button small" disabled={!may} onClick={() => act('rerun')}>Rerun</button>
      <button type="button" className="button small" disabled={!may} onClick={() => (number > 20 ? setAsking('cancel') : act('cancel'))}>Cancel</button>
      <button type="button" className="button small danger" disabled={!may} onClick={() => setAsking('delete')}>Delete</button>
      <button type="button" className="button quiet small" onClick={clear}>Clear</button>
      {asking && (
        <Confirm title={asking === 'delete' ? `Delete ${plural(number, 'job')}?` : `Cancel ${plural(number, 'job')}?`} verb={asking === 'delete' ? 'Delete' : 'Cancel them'} act={() => act(asking)} close={() => setAsking(undefined)}>
          {asking === 'delete' ? <p>Their documents and results go with them, for good. Jobs that still run are cancelled first.</p> : <p>Those that have ended stay as they are. The others can be run again later.</p>}
        </Confirm>
      )}
    </div>
  );
}

/** j, k and x as in a list of mail; / goes to the search. */
function useKeys(list: JobListState, search: React.RefObject<HTMLInputElement | null>, toggle: (row: Row) => void, clear: () => void) {
  const newest = useNewest({ list, toggle, clear });
  useEffect(() => {
    const press = (e: KeyboardEvent) => {
      const target = e.target as HTMLElement;
      if (e.ctrlKey || e.metaKey || e.altKey || document.querySelector('dialog[open]')) return;
      if (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && (target as HTMLInputElement).type !== 'checkbox') {
        if (e.key === 'Escape') {
          e.preventDefault(); // which would empty a search
          target.blur();
        }
        return;
      }
      const { list: l, toggle: flip, clear: none } = newest.current;
      const row = l.chosen();
      const actions: Record<string, () => void> = {
        '/': () => search.current?.focus(),
        j: () => l.move(1),
        k: () => l.move(-1),
        x: () => row && flip(row),
        Escape: none,
      };
      if (row && (target === document.body || target.closest('.job-scroll'))) actions.Enter = () => go(`/jobs/${row.job_id}`);
      const act = actions[e.key];
      if (!act) return;
      e.preventDefault();
      act();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [newest, search]);
}
