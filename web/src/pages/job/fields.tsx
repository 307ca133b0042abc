import { Pointed } from './items';
import type { FieldRow } from './regions';
import type { Pointing } from './viewer';

const low = 0.6;

/** The values that were found; each points at where it stands. */
export function Fields({ rows, pointing, point }: { rows: FieldRow[]; pointing: Pointing; point: (p: Pointing) => void }) {
  return (
    <div className="fields">
      {rows.every((r) => r.regions.length === 0) && <p className="small muted pad">The places of the values are not known: they were not asked for, or none was found. “Submit otherwise” asks for them.</p>}
      {rows.map((r) => {
        const indent = { paddingLeft: r.depth * 16 };
        const name = <span style={indent}>{r.name}</span>;
        if (r.table) return <RowTable key={r.id} row={r} pointing={pointing} point={point} />;
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

/** A list of rows; each value points at its place. */
function RowTable({ row, pointing, point }: { row: FieldRow; pointing: Pointing; point: (p: Pointing) => void }) {
  const table = row.table!;
  return (
    <div className="field-table scroll-x">
      <table className="sheet">
        <caption>{row.name} <span className="muted num">{table.rows.length}</span></caption>
        <thead><tr>{table.columns.map((c) => <th key={c}>{c}</th>)}</tr></thead>
        <tbody>
          {table.rows.map((cells, i) => (
            <tr key={i}>{cells.map((cell, j) => <td key={j} className={typeof cell?.value === 'number' ? 'right' : undefined}>{cell && <CellValue cell={cell} pointing={pointing} point={point} />}</td>)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function CellValue({ cell, pointing, point }: { cell: FieldRow; pointing: Pointing; point: (p: Pointing) => void }) {
  if (cell.value === null || cell.value === undefined) return <span className="muted">not found</span>;
  const unsure = cell.score !== undefined && cell.score < low;
  const words = <span className={unsure ? 'is-cancelled' : undefined} title={cell.score === undefined ? undefined : `Score ${cell.score}, page ${cell.page}`}>{show(cell.value)}{unsure && ' (unsure)'}</span>;
  if (cell.regions.length === 0) return words;
  return <Pointed id={cell.id} kind="Field" pointing={pointing} point={point} className="cell" handleClass="cell-handle" handle={words}>{null}</Pointed>;
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
