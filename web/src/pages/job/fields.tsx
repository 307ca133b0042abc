import { Pointed } from './items';
import type { FieldRow } from './regions';
import type { Pointing } from './viewer';

const low = 0.6;

/** The values that were found; each points at where it stands. */
export function Fields({ rows, pointing, point }: { rows: FieldRow[]; pointing: Pointing; point: (p: Pointing) => void }) {
  return (
    <div className="fields">
      {rows.map((r) => {
        const indent = { paddingLeft: r.depth * 16 };
        const name = <span style={indent}>{r.name}</span>;
        if (!r.leaf) return <div key={r.id} className="field-row group"><span className="field-name">{name}</span></div>;
        if (r.regions.length === 0) return <div key={r.id} className="field-row"><span className="field-name">{name}</span><Value row={r} /></div>;
        return (
          <Pointed key={r.id} id={r.id} kind="Field" pointing={pointing} point={point} className="field-row" handleClass="field-name" handle={name}>
            <Value row={r} />
          </Pointed>
        );
      })}
    </div>
  );
}

function Value({ row }: { row: FieldRow }) {
  const missing = row.value === null || row.value === undefined;
  return (
    <>
      <span className={`field-value${missing ? ' muted' : ''}`}>{missing ? 'not found' : show(row.value)}</span>
      <span className="field-score num">
        {row.score !== undefined && !missing && (
          <span className={row.score < low ? 'is-cancelled' : 'muted'} title={`Score ${row.score}`}>
            {row.score < low ? 'unsure, ' : ''}{Math.round(row.score * 100)}%
          </span>
        )}
        {row.page !== undefined && <span className="muted">p. {row.page}</span>}
      </span>
    </>
  );
}

function show(value: unknown): string {
  if (value === true) return 'yes';
  if (value === false) return 'no';
  if (Array.isArray(value)) return value.map(show).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
