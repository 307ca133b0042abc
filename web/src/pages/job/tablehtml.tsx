import { useMemo, type ReactNode } from 'react';

const most = 500;

interface Cell {
  text: string;
  head: boolean;
  columns: number;
  rows: number;
}

/** Reads a table's HTML: only its cells, their spans and their text. */
function cellsOf(html: string): Cell[][] {
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  return [...parsed.querySelectorAll('tr')].slice(0, most).map((tr) =>
    [...tr.querySelectorAll('th,td')].map((c) => ({
      text: c.textContent ?? '', head: c.tagName === 'TH',
      columns: (c as HTMLTableCellElement).colSpan || 1, rows: (c as HTMLTableCellElement).rowSpan || 1,
    })),
  );
}

const looksLikeNumber = /^[-+(]?[\d.,\s]+%?\)?$/;

/** The table of a document. Nothing of its HTML goes onto the page but text. */
export function DocumentTable({ html }: { html: string }) {
  const rows = useMemo(() => cellsOf(html), [html]);
  return (
    <div className="scroll-x">
      <table className="document-table">
        <tbody>
          {rows.map((row, i) => (
            <tr key={i}>{row.map((c, j) => <TableCell key={j} cell={c}>{c.text}</TableCell>)}</tr>
          ))}
        </tbody>
      </table>
      {rows.length === most && <p className="small muted">The first {most} rows. Download the tables to see all.</p>}
    </div>
  );
}

function TableCell({ cell, children }: { cell: Cell; children: ReactNode }) {
  const props = { colSpan: cell.columns, rowSpan: cell.rows, className: looksLikeNumber.test(cell.text.trim()) ? 'num right' : undefined };
  return cell.head ? <th {...props}>{children}</th> : <td {...props}>{children}</td>;
}
