import { keepPreviousData, useQueries, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { call, withQuery } from '../../api/client';
import type { Counts } from '../../api/figures';
import { useFeed, usePace, type Change } from '../../api/live';
import { isFinal, type JobListItem, type JobUpdate, type Pagination } from '../../api/types';
import { useNewest } from '../../parts/basics';

/** Rows of one request. */
export const pageSize = 100;
/** Changes ask again at most this often: a key may list sixty times a minute. */
const everySoOften = 3_000;

/** changed is when a row last moved, to show it once. */
export type Row = JobListItem & { changed?: number };

interface List {
  jobs: Row[];
  pagination: Pagination & { truncated?: boolean };
  counts?: Counts;
}

const ask = (q: string, offset: number, limit: number, counts: boolean, signal: AbortSignal) =>
  call<List>(withQuery('/jobs', { q, offset: offset || undefined, limit, counts: counts || undefined }), { signal });

/** The number of jobs in each state, for a search without its state. */
export function useCounts(q: string) {
  const pace = usePace(60_000);
  return useQuery({
    queryKey: ['counts', q],
    queryFn: ({ signal }) => ask(q, 0, 1, true, signal),
    placeholderData: keepPreviousData,
    refetchInterval: pace,
    select: (l) => l.counts,
  });
}

/**
 * The rows of the list that can be seen, from page `first` to `last`. New jobs
 * come at the top at once when the reader is there, and wait otherwise.
 */
export function useRows(q: string, firstWanted: number, lastWanted: number, atTop: boolean) {
  const kept = useRef({ q, total: 0, truncated: false });
  if (kept.current.q !== q) kept.current = { q, total: 0, truncated: false };
  const end = Math.max(0, Math.ceil(kept.current.total / pageSize) - 1);
  const first = Math.min(firstWanted, end);
  const last = Math.min(lastWanted, end);
  const client = useQueryClient();
  const pace = usePace(120_000);
  const [waiting, setWaiting] = useState(0);
  const shift = useNewest(waiting);
  const pages = useQueries({
    queries: Array.from({ length: last - first + 1 }, (_, i) => first + i).map((page) => ({
      queryKey: ['jobs', q, page],
      queryFn: ({ signal }: { signal: AbortSignal }) => ask(q, page * pageSize + shift.current, pageSize, false, signal),
      refetchInterval: atTop ? pace : (false as const),
    })),
  });
  useChanges(q, atTop, setWaiting);
  const showNew = () => {
    shift.current = 0;
    setWaiting(0);
    void client.invalidateQueries({ queryKey: ['jobs', q] });
  };
  useEffect(() => setWaiting(0), [q]);
  // A page that is not here yet knows no total: the one before does.
  const newest = pages.find((p) => p.data && !p.isPlaceholderData)?.data?.pagination;
  if (newest) kept.current = { q, total: newest.total, truncated: newest.truncated ?? false };
  return {
    pages,
    first,
    loaded: pages.some((p) => p.data) || kept.current.total > 0,
    total: kept.current.total,
    truncated: kept.current.truncated,
    error: pages.find((p) => p.error && !p.data)?.error ?? pages.find((p) => p.error)?.error,
    retry: () => pages.forEach((p) => void p.refetch()),
    waiting,
    showNew,
  };
}

/** Puts what is told into the rows, and asks again for what cannot be known. */
function useChanges(q: string, atTop: boolean, setWaiting: (next: (n: number) => number) => void) {
  const client = useQueryClient();
  const feed = useFeed();
  const top = useNewest(atTop);
  const timer = useRef<number>(undefined);
  useEffect(() => {
    const later = (list: boolean) => {
      timer.current ??= window.setTimeout(() => {
        timer.current = undefined;
        void client.invalidateQueries({ queryKey: ['counts', q] });
        if (list && top.current) void client.invalidateQueries({ queryKey: ['jobs', q] });
      }, everySoOften);
    };
    const forget = feed.listen((changes) => {
      const unknown = applyChanges(client, q, changes);
      const created = unknown.filter((u) => !u.previous_status && u.status === 'queued').length;
      if (created > 0 && !top.current && q === '') setWaiting((n) => n + created);
      else if (created > 0 && top.current && timer.current === undefined) {
        // The first of a row of changes is shown at once.
        void client.invalidateQueries({ queryKey: ['jobs', q] });
      }
      later(unknown.length > 0 || q !== '');
    });
    return () => {
      forget();
      window.clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [client, feed, q, setWaiting, top]);
}

/** Changes the rows that are loaded, and gives the changes of others. */
function applyChanges(client: QueryClient, q: string, changes: Change[]): JobUpdate[] {
  const newest = new Map<string, JobUpdate>();
  const unknown = new Map<string, JobUpdate>();
  for (const c of changes) {
    if ('deleted' in c) continue;
    newest.set(c.job_id, c);
    if (!unknown.has(c.job_id)) unknown.set(c.job_id, c);
  }
  client.setQueriesData<List>({ queryKey: ['jobs', q] }, (old) => {
    if (!old?.jobs.some((j) => newest.has(j.job_id))) return old;
    return {
      ...old,
      jobs: old.jobs.map((j) => {
        const u = newest.get(j.job_id);
        if (!u) return j;
        unknown.delete(j.job_id);
        return patchRow(j, u);
      }),
    };
  });
  return [...unknown.values()];
}

function patchRow(row: Row, u: JobUpdate): Row {
  return {
    ...row,
    status: u.status,
    progress: u.progress ?? row.progress,
    error_details: u.error_details ?? row.error_details,
    updated_at: u.timestamp,
    completed_at: isFinal(u.status) ? (row.completed_at ?? u.timestamp) : row.completed_at,
    changed: u.status === row.status ? row.changed : Date.now(),
  };
}
