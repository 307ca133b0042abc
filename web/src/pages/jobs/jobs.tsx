import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { call, withQuery } from '../../api/client';
import { asProblem } from '../../api/errors';
import type { AccountList } from '../../api/figures';
import { statuses, type Status } from '../../api/types';
import { useMay, useSession } from '../../session';
import { Skeleton, useNewest, useSettled } from '../../parts/basics';
import { Empty, ErrorPanel } from '../../parts/tell';
import { count, glyphs, plural, stateWords } from '../../parts/words';
import { Link, go, useAddress, useTitle } from '../../router';
import type { Chosen } from './bulk';
import { BulkBar } from './bulkbar';
import { useCounts, type Row, type Scope } from './data';
import { JobList, useJobList, type JobListState } from './list';
import { useKeys } from './keys';
import { statusesIn, withStatus } from './search';

/** The jobs of the account, newest first. */
export function JobsPage() {
  useTitle('Jobs');
  const admin = useMay('admin');
  const { query } = useAddress();
  const q = query.get('q') ?? '';
  const account = query.get('account') ?? '';
  const scope = useMemo<Scope>(() => ({ q, account }), [q, account]);
  const [selected, setSelected] = useState(new Set<string>());
  const list = useJobList(scope, selected.size > 0);
  const [everything, setEverything] = useState(false);
  const clear = () => {
    setSelected(new Set());
    setEverything(false);
  };
  useEffect(clear, [scope]);
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
  const chosen: Chosen = everything ? { search: scope } : { ids: [...selected] };
  const number = everything ? list.total : selected.size;
  return (
    <div className="page full">
      <header>
        <h1>Jobs</h1>
        {admin && <Accounts scope={scope} />}
        <Link to="/new" className="button primary">New job</Link>
      </header>
      <Chips scope={scope} />
      <Search scope={scope} field={search} error={list.error} truncated={list.truncated} />
      {number > 0 && (
        <BulkBar number={number} chosen={chosen} mine={account === ''} clear={clear} done={list.showNew} all={everything || selected.size >= list.total ? undefined : { total: list.total, choose: () => setEverything(true) }} />
      )}
      <div className="job-area" onPointerEnter={(e) => list.setPointed(e.pointerType === 'mouse')} onPointerLeave={() => list.setPointed(false)}>
        <NewRows list={list} />
        <Rows list={list} scope={scope} selected={selected} select={select} />
      </div>
    </div>
  );
}

/** Says how many new jobs wait above a list that is held, and shows them. */
function NewRows({ list }: { list: JobListState }) {
  const show = () => {
    list.showNew();
    list.scroller?.scrollTo({ top: 0 });
  };
  return (
    <div role="status" className="new-rows">
      {list.waiting > 0 && list.total > 0 && <button type="button" className="button small" onClick={show}>{plural(list.waiting, 'new job')}</button>}
    </div>
  );
}

function Rows({ list, scope, selected, select }: { list: JobListState; scope: Scope; selected: Set<string>; select: (row: Row, to: boolean) => void }) {
  const { loaded } = list;
  if (!loaded && list.error && asProblem(list.error).field !== 'q') return <ErrorPanel error={list.error} title="The jobs could not be listed" retry={list.retry} />;
  if (!loaded && !list.error) return <Skeleton lines={8} />;
  if (loaded && list.total === 0) {
    return scope.q
      ? <Empty title="No job is like that" action={<button type="button" className="button" onClick={() => go(address({ ...scope, q: '' }))}>Show all jobs</button>}>Nothing matches “{scope.q}”.</Empty>
      : scope.account ? <Empty title="No jobs yet">The account {scope.account} has none.</Empty>
      : <Empty title="No jobs yet" action={<Link to="/new" className="button primary">Hand in a document</Link>}>Drop a document anywhere on this page, and what comes of it is listed here.</Empty>;
  }
  return <JobList list={list} selected={selected} select={select} />;
}

/** The number of jobs in each state; a click shows these alone. */
function Chips({ scope }: { scope: Scope }) {
  const counts = useCounts({ ...scope, q: withStatus(scope.q, undefined) }).data;
  const chosen = statusesIn(scope.q);
  const show = (status: Status | undefined) => go(address({ ...scope, q: withStatus(scope.q, status) }));
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

const address = ({ q, account }: Scope): string => withQuery('/', { account, q });

/** Whose jobs are shown; for admins, where there are other accounts. */
function Accounts({ scope }: { scope: Scope }) {
  const { account: own } = useSession();
  const list = useQuery({ queryKey: ['accounts'], queryFn: ({ signal }) => call<AccountList>('/accounts', { signal }), staleTime: 60_000 });
  const others = list.data?.accounts.map((a) => a.account).filter((a) => a !== own) ?? [];
  if (scope.account && !others.includes(scope.account)) others.push(scope.account);
  if (others.length === 0) return null;
  return (
    <select className="select" style={{ width: 'auto', maxWidth: 200 }} aria-label="Account" value={scope.account} onChange={(e) => go(address({ ...scope, account: e.target.value }))}>
      <option value="">My jobs ({own})</option>
      {others.map((a) => <option key={a} value={a}>{a}</option>)}
    </select>
  );
}

function Search({ scope, field, error, truncated }: { scope: Scope; field: React.RefObject<HTMLInputElement | null>; error: unknown; truncated: boolean }) {
  const { q } = scope;
  const [text, setText] = useState(q);
  const settled = useSettled(text.trim(), 350);
  const shown = useNewest(scope);
  const asked = useRef(q); // what the field itself has asked for: meanwhile more may have been typed, if only a space
  useEffect(() => {
    if (q !== asked.current) setText(q);
    asked.current = q;
  }, [q]);
  useEffect(() => {
    if (settled === shown.current.q) return;
    asked.current = settled;
    go(address({ ...shown.current, q: settled }), { replace: true });
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
