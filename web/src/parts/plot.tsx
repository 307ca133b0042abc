import { useId, useState } from 'react';

export interface Series {
  name: string;
  /** Its colour, by the name of a state or accent. */
  look: 'completed' | 'failed' | 'processing' | 'cancelled' | 'accent';
  /** undefined where nothing was measured. */
  values: (number | undefined)[];
}

interface Props {
  title: string;
  /** What stands at each place, oldest first. */
  at: string[];
  label: (at: string) => string;
  series: Series[];
  /** A value as a person reads it. */
  show: (value: number) => string;
  /** Stacked bars; lines otherwise. */
  bars?: boolean;
}

const width = 720;
const height = 150;
const left = 2;
const bottom = 18;

/** The next round number, for the top of the scale. */
function ceiling(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((f) => f * power).find((c) => c >= value) ?? value;
}

/** Values over time; the numbers of a place are shown when it is pointed at. */
export function Plot({ title, at, label, series, show, bars = false }: Props) {
  const id = useId();
  const [place, setPlace] = useState<number>();
  const totals = at.map((_, i) => (bars ? series.reduce((sum, s) => sum + (s.values[i] ?? 0), 0) : Math.max(0, ...series.map((s) => s.values[i] ?? 0))));
  const top = ceiling(Math.max(...totals, 0));
  const step = (width - left) / Math.max(1, at.length);
  const y = (v: number) => (height - bottom) * (1 - v / top) + 4;
  const highest = Math.max(...totals, 0);
  const shown = place !== undefined && at[place] !== undefined ? place : undefined;
  return (
    <figure className="plot" aria-labelledby={id}>
      <figcaption>
        <strong id={id} className="grow">{title}</strong>
        {series.map((s) => (
          <span key={s.name} className="small"><span className={`plot-key fill-${s.look}`} aria-hidden="true" />{s.name}{shown !== undefined && <strong className="num"> {s.values[shown] === undefined ? '–' : show(s.values[shown]!)}</strong>}</span>
        ))}
        <span className="small muted num">{shown !== undefined ? label(at[shown]!) : ''}</span>
      </figcaption>
      <span className="plot-top small muted num" aria-hidden="true">{show(top)}</span>
      <svg
        viewBox={`0 0 ${width} ${height + 6}`} preserveAspectRatio="none" role="img" aria-label={`${title}, ${label(at[0] ?? '')} to ${label(at.at(-1) ?? '')}, at most ${show(highest)}`}
        onMouseMove={(e) => {
          const box = e.currentTarget.getBoundingClientRect();
          setPlace(Math.max(0, Math.min(at.length - 1, Math.floor(((e.clientX - box.left) / box.width) * at.length))));
        }}
        onMouseLeave={() => setPlace(undefined)}
      >
        {[0, 0.5, 1].map((part) => <line key={part} className="plot-line" x1={0} x2={width} y1={y(top * part)} y2={y(top * part)} />)}
        {shown !== undefined && <rect className="plot-place" x={left + shown * step} width={step} y={0} height={height - bottom + 4} />}
        {bars ? <Bars series={series} at={at} step={step} y={y} /> : series.map((s) => <Line key={s.name} series={s} step={step} y={y} />)}
      </svg>
      <div className="plot-ends small muted num"><span>{label(at[0] ?? '')}</span><span>{label(at.at(-1) ?? '')}</span></div>
    </figure>
  );
}

function Bars({ series, at, step, y }: { series: Series[]; at: string[]; step: number; y: (v: number) => number }) {
  const gap = Math.min(2, step * 0.2);
  return at.map((_, i) => {
    let below = 0;
    return series.map((s) => {
      const value = s.values[i] ?? 0;
      const from = below;
      below += value;
      return value > 0 && <rect key={`${s.name}-${i}`} className={`fill-${s.look}`} x={left + i * step} width={Math.max(1, step - gap)} y={y(below)} height={y(from) - y(below)} />;
    });
  });
}

/** A line, broken where nothing was measured; a place by itself is a short dash. */
function Line({ series: s, step, y }: { series: Series; step: number; y: (v: number) => number }) {
  let path = '';
  let pen = false;
  s.values.forEach((v, i) => {
    if (v === undefined) {
      pen = false;
      return;
    }
    const x = left + i * step;
    path += `${pen ? 'L' : 'M'}${x.toFixed(1)} ${y(v).toFixed(1)}L${(x + step * 0.8).toFixed(1)} ${y(v).toFixed(1)}`;
    pen = true;
  });
  return <path className={`stroke-${s.look}`} d={path} />;
}
