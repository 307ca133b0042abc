import { count } from './words';

/** Goes through a list page by page. */
export function Pager({ offset, size, total, move }: { offset: number; size: number; total: number; move: (offset: number) => void }) {
  if (total <= size) return null;
  return (
    <nav className="row" aria-label="Pages of the list">
      <button type="button" className="button small" disabled={offset === 0} onClick={() => move(Math.max(0, offset - size))}>Newer</button>
      <button type="button" className="button small" disabled={offset + size >= total} onClick={() => move(offset + size)}>Older</button>
      <span className="small muted num">{count(offset + 1)}–{count(Math.min(total, offset + size))} of {count(total)}</span>
    </nav>
  );
}
