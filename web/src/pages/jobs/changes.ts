import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useFeed, type Change } from '../../api/live';
import { isFinal, type JobUpdate } from '../../api/types';
import { useNewest } from '../../parts/basics';
import type { Page, Row, Scope } from './data';

/** Changes ask again at most this often: a key may list sixty times a minute. */
const everySoOften = 3_000;

/** Puts what is told into the rows, and asks again for what cannot be known; says whether a held list has missed something. */
export function useChanges(scope: Scope, held: boolean) {
  const client = useQueryClient();
  const feed = useFeed();
  const holding = useNewest(held);
  const timer = useRef<number>(undefined);
  const missed = useRef(false);
  useEffect(() => {
    const list = () => {
      missed.current ||= holding.current;
      void client.invalidateQueries({ queryKey: [holding.current ? 'arrivals' : 'jobs', scope] });
    };
    const later = (withList: boolean) => {
      timer.current ??= window.setTimeout(() => {
        timer.current = undefined;
        void client.invalidateQueries({ queryKey: ['counts'] });
        if (withList) list();
      }, everySoOften);
    };
    const forget = feed.listen((changes) => {
      const { unknown, gone } = applyChanges(client, scope, changes);
      const created = unknown.some((u) => !u.previous_status && u.status === 'queued');
      // The first of a row of changes is shown at once.
      if (created && timer.current === undefined) list();
      later(unknown.length > 0 || gone || scope.q !== '');
    });
    return () => {
      forget();
      window.clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [client, feed, scope, holding]);
  return missed;
}

/** Changes the rows that are loaded, and gives the changes of others; gone says that some are deleted. */
function applyChanges(client: QueryClient, scope: Scope, changes: Change[]): { unknown: JobUpdate[]; gone: boolean } {
  const newest = new Map<string, Change>();
  const unknown = new Map<string, JobUpdate>();
  for (const c of changes) {
    const id = 'deleted' in c ? c.deleted : c.job_id;
    newest.set(id, c);
    if (!('deleted' in c) && !unknown.has(id)) unknown.set(id, c);
  }
  client.setQueriesData<Page>({ queryKey: ['jobs', scope] }, (old) => {
    if (!old?.jobs.some((j) => newest.has(j.job_id))) return old;
    return {
      ...old,
      jobs: old.jobs.map((j) => {
        const c = newest.get(j.job_id);
        if (!c) return j;
        unknown.delete(j.job_id);
        return 'deleted' in c ? { ...j, gone: true } : patchRow(j, c);
      }),
    };
  });
  return { unknown: [...unknown.values()], gone: changes.some((c) => 'deleted' in c) };
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
