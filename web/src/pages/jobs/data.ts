import { keepPreviousData, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { call, withQuery } from '../../api/client';
import type { Counts } from '../../api/figures';
import { usePace } from '../../api/live';
import type { JobListItem, Pagination } from '../../api/types';
import { useNewest } from '../../parts/basics';
import { useChanges } from './changes';

/** Rows of one request. */
export const pageSize = 100;

/** changed is when a row last moved, to show it once; gone says that the job was deleted meanwhile. */
export type Row = JobListItem & { changed?: number; gone?: boolean };

interface List {
  jobs: Row[];
  pagination: Pagination & { truncated?: boolean };
  counts?: Counts;
}

/** Which jobs: those that a search finds among one's own, or for admins those of another account. */
export interface Scope {
  q: string;
  /** Empty for one's own. */
  account: string;
}

const same = (a: Scope, b: Scope): boolean => a.q === b.q && a.account === b.account;

const ask = ({ q, account }: Scope, offset: number, limit: number, counts: boolean, signal: AbortSignal) =>
  call<List>(withQuery('/jobs', { q, account, offset: offset || undefined, limit, counts: counts || undefined }), { signal });

/** The pause between two questions for what is told of one's own jobs alone. */
function useScopePace({ account }: Scope, live: number): number {
  const pace = usePace(live);
  return account ? paceOfOthers : pace;
}

const paceOfOthers = 5_000;

/** The number of jobs in each state, for a search without its state. */
export function useCounts(scope: Scope) {
  const pace = useScopePace(scope, 60_000);
  return useQuery({
    queryKey: ['counts', scope],
    queryFn: ({ signal }) => ask(scope, 0, 1, true, signal),
    placeholderData: keepPreviousData,
    refetchInterval: pace,
    select: (l) => l.counts,
  });
}

/** One page of the list. shift is how many newer jobs stood above its place when a page was asked for and the list was held. */
export type Page = List & { shift: number };

/** How many jobs are new, above those that a held list shows. */
function arrived(fresh: List, shown: Set<string>, before: number): number {
  const at = fresh.jobs.findIndex((j) => shown.has(j.job_id));
  return at >= 0 ? at : Math.max(fresh.jobs.length, fresh.pagination.total - before);
}

/**
 * The rows of the list that can be seen, from page `first` to `last`. While
 * the list is held no row moves: new jobs wait above until they are shown.
 */
export function useRows(scope: Scope, firstWanted: number, lastWanted: number, held: boolean) {
  const kept = useRef({ scope, total: 0, truncated: false });
  if (!same(kept.current.scope, scope)) kept.current = { scope, total: 0, truncated: false };
  const end = Math.max(0, Math.ceil(kept.current.total / pageSize) - 1);
  const first = Math.min(firstWanted, end);
  const last = Math.min(lastWanted, end);
  const client = useQueryClient();
  const pace = useScopePace(scope, 120_000);
  const holding = useNewest(held);
  const top = useRef<{ scope: Scope; ids: Set<string> }>(undefined); // what the first page shows
  const look = async (signal: AbortSignal): Promise<number> => {
    if (!holding.current || !top.current || !same(top.current.scope, scope)) return 0;
    return arrived(await ask(scope, 0, pageSize, false, signal), top.current.ids, kept.current.total);
  };
  const pages = useQueries({
    queries: Array.from({ length: last - first + 1 }, (_, i) => first + i).map((page) => ({
      queryKey: ['jobs', scope, page],
      queryFn: async ({ signal }: { signal: AbortSignal }): Promise<Page> => {
        const shift = await look(signal);
        const list = await ask(scope, page * pageSize + shift, pageSize, false, signal);
        if (page === 0) top.current = { scope, ids: new Set(list.jobs.map((j) => j.job_id)) };
        return { ...list, shift };
      },
      refetchInterval: held && !scope.account ? (false as const) : pace,
    })),
  });
  const arrivals = useQuery({ queryKey: ['arrivals', scope], queryFn: ({ signal }) => look(signal), enabled: held, refetchInterval: pace, staleTime: 0 });
  const missed = useChanges(scope, held);
  const showNew = () => {
    top.current = undefined;
    missed.current = false;
    client.setQueryData(['arrivals', scope], 0);
    void client.invalidateQueries({ queryKey: ['jobs', scope] });
  };
  const letGo = useNewest(showNew);
  useEffect(() => {
    if (!held && missed.current) letGo.current();
  }, [held, letGo, missed]);
  // A page that is not here yet knows no total: the one before does.
  const newest = pages.find((p) => p.data && !p.isPlaceholderData)?.data;
  if (newest) kept.current = { scope, total: newest.pagination.total - newest.shift, truncated: newest.pagination.truncated ?? false };
  return {
    pages,
    first,
    loaded: pages.some((p) => p.data) || kept.current.total > 0,
    total: kept.current.total,
    truncated: kept.current.truncated,
    error: pages.find((p) => p.error && !p.data)?.error ?? pages.find((p) => p.error)?.error,
    retry: () => pages.forEach((p) => void p.refetch()),
    waiting: held ? (arrivals.data ?? 0) : 0,
    showNew,
  };
}
