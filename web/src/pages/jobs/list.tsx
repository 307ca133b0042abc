import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useSettled } from '../../parts/basics';
import { pageSize, useRows, type Row } from './data';
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

export function useJobList(q: string) {
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const link = useRef<HTMLAnchorElement>(null);
  const rowHeight = useMedia('(max-width: 760px)') ? 60 : 36;
  const seen = useWindow(scroller, rowHeight);
  // While the list flies past, nothing is asked for.
  const settled = useSettled(`${Math.floor(Math.max(0, seen.from - beyond) / pageSize)}-${Math.floor((seen.to + beyond) / pageSize)}`, 80);
  const [firstPage = 0, lastPage = 0] = settled.split('-').map(Number);
  const rows = useRows(q, firstPage, lastPage, seen.atTop);
  const total = Math.min(rows.total, mostRows);
  const at = (index: number): Row | undefined => rows.pages[Math.floor(index / pageSize) - rows.first]?.data?.jobs[index % pageSize];
  const [cursor, draw] = useState(-1);
  const here = useRef(-1); // the same at once, for keys that come faster than the page is drawn
  const moved = useRef(false);
  const setCursor = (to: number) => {
    here.current = to;
    draw(to);
  };
  const move = (step: number) => {
    const next = Math.max(0, Math.min(total - 1, here.current + step));
    moved.current = true;
    setCursor(next);
    if (!scroller) return;
    if (next * rowHeight < scroller.scrollTop) scroller.scrollTop = next * rowHeight;
    else if ((next + 1) * rowHeight > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = (next + 1) * rowHeight - scroller.clientHeight;
  };
  useEffect(() => {
    if (moved.current && link.current) {
      moved.current = false;
      link.current.focus({ preventScroll: true });
    }
  });
  useEffect(() => {
    here.current = -1;
    draw(-1);
    scroller?.scrollTo({ top: 0 });
  }, [q, scroller]);
  return { ...rows, total, at, cursor, chosen: () => at(here.current), setCursor, move, seen, rowHeight, scroller, setScroller, link };
}

export type JobListState = ReturnType<typeof useJobList>;

/** The rows, of which only those in sight exist. */
export function JobList({ list, selected, select }: { list: JobListState; selected: Set<string>; select: (row: Row, to: boolean) => void }) {
  const { seen, total, rowHeight } = list;
  const from = Math.max(0, seen.from - beyond);
  const to = Math.min(total, seen.to + beyond);
  return (
    <div className="job-list" role="table" aria-label="Jobs" aria-rowcount={total + 1}>
      <div role="rowgroup">
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
      <div className="job-scroll" role="rowgroup" ref={list.setScroller} tabIndex={0} aria-label="Rows">
        <div role="presentation" style={{ height: total * rowHeight, position: 'relative' }}>
          {Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i).map((index) => {
            const row = list.at(index);
            return (
              <JobRow
                key={index} row={row} index={index} top={index * rowHeight}
                selected={row ? selected.has(row.job_id) : false} select={select}
                linkRef={index === list.cursor ? list.link : undefined} focused={list.setCursor}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}
