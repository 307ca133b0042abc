import { useEffect, useRef, useState } from 'react';
import type { Region } from './regions';
import { ownerOf } from './regions';

/** What is pointed at, on the page or beside it. */
export interface Pointing {
  id?: string;
  /** Where it was pointed at: the other side scrolls there. */
  by?: 'page' | 'list';
  /** By a click, which stays. */
  fixed?: boolean;
}

interface Props {
  job: string;
  input: number;
  page: number;
  pages: number;
  setPage: (n: number) => void;
  regions: Region[];
  pointing: Pointing;
  point: (p: Pointing) => void;
}

const zooms = [100, 150, 200, 300];

/** A page of the document, with the boxes of what was found on it. */
export function Viewer({ job, input, page, pages, setPage, regions, pointing, point }: Props) {
  const [boxes, setBoxes] = useState(true);
  const [zoom, setZoom] = useState(100);
  const kinds = [...new Set(regions.map((r) => r.kind))];
  const turn = (step: number) => setPage(Math.max(1, Math.min(Math.max(pages, 1), page + step)));
  return (
    <section className="viewer" aria-label="Document">
      <div className="viewer-bar">
        <button type="button" className="button quiet small" disabled={page <= 1} onClick={() => turn(-1)}>Previous</button>
        <PageNumber page={page} pages={pages} setPage={setPage} />
        <button type="button" className="button quiet small" disabled={page >= pages} onClick={() => turn(1)}>Next</button>
        <span className="grow" />
        {regions.length > 0 && <button type="button" className="button quiet small" aria-pressed={boxes} onClick={() => setBoxes(!boxes)}>{boxes ? 'Hide boxes' : 'Show boxes'}</button>}
        <label className="row small">
          <span className="hidden">Zoom</span>
          <select className="select zoom" value={zoom} onChange={(e) => setZoom(Number(e.target.value))}>
            {zooms.map((z) => <option key={z} value={z}>{z === 100 ? 'Fit' : `${z}%`}</option>)}
          </select>
        </label>
      </div>
      <div
        className="viewer-scroll" tabIndex={0} aria-label={`Page ${page}`} role="group"
        onKeyDown={(e) => {
          if (e.key === 'ArrowLeft' || e.key === 'ArrowRight') turn(e.key === 'ArrowLeft' ? -1 : 1);
        }}
      >
        <Sheet key={`${input}-${page}`} src={`/jobs/${job}/pages/${page}.png?dpi=${zoom > 150 ? 216 : 144}${input > 1 ? `&input=${input}` : ''}`} zoom={zoom} page={page} regions={boxes ? regions : []} all={regions} pointing={pointing} point={point} />
      </div>
      {boxes && kinds.length > 0 && kinds[0] !== 'Field' && (
        <ul className="legend-list" aria-label="Kinds of segments">
          {kinds.map((k) => <li key={k} data-kind={k}><span className="swatch" aria-hidden="true" />{k}</li>)}
        </ul>
      )}
    </section>
  );
}

function PageNumber({ page, pages, setPage }: { page: number; pages: number; setPage: (n: number) => void }) {
  const [text, setText] = useState(String(page));
  useEffect(() => setText(String(page)), [page]);
  const take = () => {
    const n = Number.parseInt(text, 10);
    if (n >= 1 && n <= Math.max(1, pages)) setPage(n);
    else setText(String(page));
  };
  return (
    <label className="row small num">
      <span className="page-word">Page</span>
      <input className="input page-number" inputMode="numeric" value={text} onChange={(e) => setText(e.target.value)} onBlur={take} onKeyDown={(e) => e.key === 'Enter' && take()} />
      <span className="muted">of {pages || '…'}</span>
    </label>
  );
}

interface SheetProps {
  src: string;
  zoom: number;
  page: number;
  regions: Region[];
  all: Region[];
  pointing: Pointing;
  point: (p: Pointing) => void;
}

function Sheet({ src, zoom, page, regions, all, pointing, point }: SheetProps) {
  const [state, setState] = useState<'loading' | 'there' | 'none'>('loading');
  const aspect = all[0]?.aspect ?? Math.SQRT2;
  return (
    <div className={`sheet-page ${state}`} style={{ width: `${zoom}%`, aspectRatio: state === 'there' || (state === 'none' && all.length === 0) ? undefined : `1 / ${aspect}` }}>
      {state !== 'none' && <img src={src} alt={`Page ${page}`} onLoad={() => setState('there')} onError={() => setState('none')} />}
      {state === 'none' && all.length === 0 && <p className="no-picture">There is no picture of this page.</p>}
      {regions.map((r) => (
        <Box key={r.id} region={r} drawn={state === 'none'} active={pointing.id === ownerOf(r.id)} scroll={pointing.by === 'list' && pointing.id === r.id} point={point} />
      ))}
    </div>
  );
}

function Box({ region: r, drawn, active, scroll, point }: { region: Region; drawn: boolean; active: boolean; scroll: boolean; point: (p: Pointing) => void }) {
  const ref = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (scroll) ref.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [scroll]);
  const id = ownerOf(r.id);
  return (
    <button
      ref={ref} type="button" tabIndex={-1} data-kind={r.kind} className={`box${active ? ' active' : ''}${drawn ? ' drawn' : ''}`}
      aria-label={`${r.label}: ${r.text.slice(0, 80)}`} title={active ? undefined : r.label}
      style={{ left: `${r.left * 100}%`, top: `${r.top * 100}%`, width: `${r.width * 100}%`, height: `${r.height * 100}%` }}
      onMouseEnter={() => point({ id, by: 'page' })} onMouseLeave={() => point({})} onClick={() => point({ id, by: 'page', fixed: true })}
    >
      {drawn && <span>{r.text}</span>}
      {active && !drawn && <span className="box-label" aria-hidden="true">{r.label}</span>}
    </button>
  );
}
