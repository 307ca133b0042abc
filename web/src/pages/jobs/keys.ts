import { useEffect, type RefObject } from 'react';
import { useNewest } from '../../parts/basics';
import { go } from '../../router';
import type { Row } from './data';
import type { JobListState } from './list';

/** j, k and x as in a list of mail; / goes to the search. */
export function useKeys(list: JobListState, search: RefObject<HTMLInputElement | null>, toggle: (row: Row) => void, clear: () => void) {
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
      if (row && (target === document.body || target.closest('.job-list'))) actions.Enter = () => go(`/jobs/${row.job_id}`);
      const act = actions[e.key];
      if (!act) return;
      e.preventDefault();
      act();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [newest, search]);
}
