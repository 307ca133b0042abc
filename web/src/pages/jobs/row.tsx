import type { Ref } from 'react';
import { Link } from '../../router';
import { Ago, Bar, State, Tags, pagesOf } from '../../parts/basics';
import { duration, operationWord, sentence } from '../../parts/words';
import type { Row } from './data';

interface Props {
  row: Row | undefined;
  index: number;
  top: number;
  selected: boolean;
  linkRef?: Ref<HTMLAnchorElement>;
  select: (row: Row, to: boolean) => void;
  focused: (place: { index: number; id: string }) => void;
}

/** One job of the list, at its place in the scrolled whole. */
export function JobRow({ row, index, top, selected, linkRef, select, focused }: Props) {
  const style = { transform: `translateY(${top}px)` };
  if (!row) {
    return (
      <div className="job-row" role="row" aria-rowindex={index + 2} style={style}>
        <span role="cell" className="cell-wide"><span className="skeleton" style={{ display: 'block', height: 12, width: '60%' }} /><span className="hidden">Loading</span></span>
      </div>
    );
  }
  const name = row.file_name || `${operationWord(row.operation)} job`;
  return (
    <div className={`job-row${selected ? ' selected' : ''}${row.gone ? ' gone' : ''}`} role="row" aria-rowindex={index + 2} style={style}>
      {row.changed !== undefined && <span className="flash" key={row.changed} aria-hidden="true" />}
      <span role="cell" className="cell-check">
        <input type="checkbox" aria-label={`Select ${name}`} checked={selected} onChange={(e) => select(row, e.target.checked)} />
      </span>
      <span role="cell" className="cell-state">{row.gone ? <span className="muted">Deleted</span> : <State status={row.status} />}</span>
      <span role="cell" className="cell-name ellipsis">
        <Link to={`/jobs/${row.job_id}`} ref={linkRef} title={`${name} · ${row.job_id}`} onFocus={() => focused({ index, id: row.job_id })}>{name}</Link>
        {row.file_count > 1 && <span className="muted small"> and {row.file_count - 1} more</span>}
      </span>
      <span role="cell" className="cell-operation muted">{operationWord(row.operation)}</span>
      <span role="cell" className="cell-progress num"><How row={row} /></span>
      <span role="cell" className="cell-tags"><Tags tags={row.tags} /></span>
      <span role="cell" className="cell-age muted"><Ago at={row.created_at} /></span>
    </div>
  );
}

/** How far a job is, how long it took, or why it failed. */
function How({ row }: { row: Row }) {
  switch (row.status) {
    case 'queued':
      return <span className="muted">{row.progress?.stage ?? 'waiting'}</span>;
    case 'processing': {
      const percent = row.progress?.percentage ?? 0;
      return (
        <span className="row" title={row.progress ? pagesOf(row.progress) : undefined}>
          <span className="grow"><Bar percent={percent} label={`Progress of ${row.file_name ?? row.job_id}`} /></span>
          <span className="percent">{percent}%</span>
        </span>
      );
    }
    case 'completed':
      return <span className="muted" title="From its making to its end">{row.completed_at ? took(row.created_at, row.completed_at) : ''}</span>;
    case 'failed':
      return <span className="is-failed ellipsis" title={row.error_details?.message}>{sentence(row.error_details?.error_type ?? 'failed')}</span>;
    case 'cancelled':
      return <span className="muted">–</span>;
  }
}

function took(from: string, to: string): string {
  const seconds = (Date.parse(to) - Date.parse(from)) / 1000;
  return seconds < 1 ? '< 1\u2009s' : duration(seconds);
}
