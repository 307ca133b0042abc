import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useSettled } from '../../parts/basics';
import { pageSize, useRows, type Row, type Scope } from './data';
import { JobRow } from './row';

/** Rows beyond the edges, so that a quick scroll finds them drawn. */
const beyond = 12;
/** Browsers end an element at some 30 million pixels. */
const mostRows = 400_000;

function useMedia(query: string): boolean {
  const [matches, set] = useState(() => window.matchMedia(query).matches);
  useEffect(() => {
    const m = window.matchMedia(query);
    const changed = () => set(m.matches);
    m.addEventListener('change', changed);
    return () => m.removeEventListener('change', changed);
  }, [query]);
  return matches;
}

/** Which part of the list can be seen. */
function useWindow(el: HTMLDivElement | null, rowHeight: number) {
  const [view, set] = useState({ top: 0, height: 800 });
  useLayoutEffect(() => {
    if (!el) return undefined;
    const read = () => set({ top: el.scrollTop, height: el.clientHeight });
    read();
    const size = new ResizeObserver(read);
    size.observe(el);
    el.addEventListener('scroll', read, { passive: true });
    return () => {
      size.disconnect();
      el.removeEventListener('scroll', read);
    };
  }, [el]);
  return { from: Math.floor(view.top / rowHeight), to: Math.ceil((view.top + view.height) / rowHeight), atTop: view.top < rowHeight };
}

/** selecting says that rows are selected, which holds the list as a pointer over it does. */
export function useJobList(scope: Scope, selecting: boolean) {
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const [pointed, setPointed] = useState(false);
  const link = useRef<HTMLAnchorElement>(null);
  const narrow = useMedia('(max-width: 760px)');
  const rowHeight = narrow ? 60 : 36;
  const headHeight = narrow ? 0 : 32; // it lies over the first rows
  const seen = useWindow(scroller, rowHeight);
  // While the list flies past, nothing is asked for.
  const settled = useSettled(`${Math.floor(Math.max(0, seen.from - beyond) / pageSize)}-${Math.floor((seen.to + beyond) / pageSize)}`, 80);
  const [firstPage = 0, lastPage = 0] = settled.split('-').map(Number);
  const rows = useRows(scope, firstPage, lastPage, pointed || selecting || !seen.atTop);
  const total = Math.min(rows.total, mostRows);
  const at = (index: number): Row | undefined => rows.pages[Math.floor(index / pageSize) - rows.first]?.data?.jobs[index % pageSize];
  const [cursor, draw] = useState<string>();
  const here = useRef<Place>(nowhere); // the same at once, for keys that come faster than the page is drawn
  const moved = useRef(false);
  const setCursor = (to: Place) => {
    here.current = to;
    draw(to.id);
  };
  const move = (step: number) => {
    const next = Math.max(0, Math.min(total - 1, placeOf(here.current, at) + step));
    moved.current = true;
    setCursor({ index: next, id: at(next)?.job_id });
    if (!scroller) return;
    if (next * rowHeight < scroller.scrollTop) scroller.scrollTop = next * rowHeight;
    else if ((next + 1) * rowHeight + headHeight > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = (next + 1) * rowHeight + headHeight - scroller.clientHeight;
  };
  useEffect(() => {
    if (moved.current && link.current) {
      moved.current = false;
      link.current.focus({ preventScroll: true });
    }
  });
  useEffect(() => {
    here.current = nowhere;
    draw(undefined);
    scroller?.scrollTo({ top: 0 });
  }, [scope, scroller]);
  return { ...rows, total, at, cursor, chosen: () => at(placeOf(here.current, at)), setCursor, setPointed, move, seen, rowHeight, scroller, setScroller, link };
}

/** Where the keyboard is: on a job, wherever that has moved to. */
interface Place {
  index: number;
  id?: string;
}

const nowhere: Place = { index: -1 };

/** How far a job is looked for from where it was. */
const near = 200;

function placeOf({ index, id }: Place, at: (index: number) => Row | undefined): number {
  if (!id) return index;
  for (let off = 0; off < near; off++) {
    if (at(index + off)?.job_id === id) return index + off;
    if (at(index - off)?.job_id === id) return index - off;
  }
  return index;
}

export type JobListState = ReturnType<typeof useJobList>;

/** The rows, of which only those in sight exist. */
export function JobList({ list, selected, select }: { list: JobListState; selected: Set<string>; select: (row: Row, to: boolean) => void }) {
  const { seen, total, rowHeight } = list;
  const from = Math.max(0, seen.from - beyond);
  const to = Math.min(total, seen.to + beyond);
  return (
    <div className="job-list job-scroll" role="table" aria-label="Jobs" aria-rowcount={total + 1} ref={list.setScroller} tabIndex={0}>
      <div role="rowgroup" className="job-head-rows">
        <div className="job-head" role="row" aria-rowindex={1}>
          <span role="columnheader" className="cell-check"><span className="hidden">Selected</span></span>
          <span role="columnheader" className="cell-state">State</span>
          <span role="columnheader" className="cell-name">Name</span>
          <span role="columnheader" className="cell-operation">Operation</span>
          <span role="columnheader" className="cell-progress">Progress, duration</span>
          <span role="columnheader" className="cell-tags">Tags</span>
          <span role="columnheader" className="cell-age">Made</span>
        </div>
      </div>
      <div role="rowgroup" style={{ height: total * rowHeight, position: 'relative' }}>
        {rowsBetween(list, from, to).map(({ row, index, key }) => (
          <JobRow
            key={key} row={row} index={index} top={index * rowHeight}
            selected={row ? selected.has(row.job_id) : false} select={select}
            linkRef={row && row.job_id === list.cursor ? list.link : undefined} focused={list.setCursor}
          />
        ))}
      </div>
    </div>
  );
}

/** The rows in sight. Each is the same element wherever its job moves to. */
function rowsBetween(list: JobListState, from: number, to: number): { row?: Row; index: number; key: string }[] {
  const keys = new Set<string>();
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => {
    const index = from + i;
    const row = list.at(index);
    // Two pages that were asked for at different times may hold the same job.
    const key = row && !keys.has(row.job_id) ? row.job_id : `at-${index}`;
    keys.add(key);
    return { row, index, key };
  });
}
