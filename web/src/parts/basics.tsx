import { useEffect, useId, useRef, useState, useSyncExternalStore, type ReactNode } from 'react';
import type { Progress, Status } from '../api/types';
import { ago, glyphs, shortID, stateWords } from './words';

/** A state as glyph and word, in its colour. */
export function State({ status, word }: { status: Status; word?: string }) {
  return (
    <span className={`state is-${status}`}>
      <span className="glyph" aria-hidden="true">{glyphs[status]}</span>
      <span>{word ?? stateWords[status]}</span>
    </span>
  );
}

/** How far something is, 0 to 100. */
export function Bar({ percent, status = 'processing', label }: { percent: number; status?: Status; label: string }) {
  return (
    <span className={`bar is-${status}`} role="progressbar" aria-label={label} aria-valuenow={percent} aria-valuemin={0} aria-valuemax={100} style={{ display: 'block' }}>
      <span style={{ width: `${percent}%` }} />
    </span>
  );
}

/** What a job does at the moment, in a few words. */
export function pagesOf(p: Progress): string {
  if (p.total_files > 1) return `${p.files_completed} of ${p.total_files} files`;
  return p.total_pages ? `page ${p.pages_completed ?? 0} of ${p.total_pages}` : '';
}

// One clock for all times on the page.
const clock = {
  now: Date.now(),
  timer: 0,
  watchers: new Set<() => void>(),
  watch(watcher: () => void): () => void {
    if (clock.watchers.size === 0) {
      clock.now = Date.now();
      clock.timer = window.setInterval(() => {
        clock.now = Date.now();
        for (const w of clock.watchers) w();
      }, 1000);
    }
    clock.watchers.add(watcher);
    return () => {
      clock.watchers.delete(watcher);
      if (clock.watchers.size === 0) window.clearInterval(clock.timer);
    };
  },
};

/** The time in milliseconds, anew every second. */
export function useNow(): number {
  return useSyncExternalStore(clock.watch, () => clock.now);
}

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** A time by how long it is ago; the exact one on hover. */
export function Ago({ at }: { at: string }) {
  const text = ago((useNow() - Date.parse(at)) / 1000);
  return (
    <time dateTime={at} title={exact.format(new Date(at))} className="num">
      {text}
    </time>
  );
}

/** A time as the clock shows it. */
export function Exact({ at }: { at: string }) {
  return <time dateTime={at} className="num">{exact.format(new Date(at))}</time>;
}

/** Puts text into the clipboard, also where pages may not: without TLS. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'hidden';
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}

/** A button that copies and says so. */
export function Copy({ text, children, label, className = 'button small' }: { text: string; children: ReactNode; label?: string; className?: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = window.setTimeout(() => setCopied(false), 1500);
    return () => window.clearTimeout(timer);
  }, [copied]);
  return (
    <button type="button" className={className} title={label} aria-label={label} onClick={async () => setCopied(await copyText(text))}>
      {copied ? 'Copied' : children}
      <span className="hidden" role="status">{copied ? 'Copied' : ''}</span>
    </button>
  );
}

/** An id, short, that is copied by a click. */
export function ID({ id }: { id: string }) {
  return (
    <Copy text={id} label={`Copy ${id}`} className="button quiet small mono">
      {shortID(id)}
    </Copy>
  );
}

export function Tags({ tags }: { tags: string[] }) {
  return tags.map((tag) => <span key={tag} className="tag" title={tag}>{tag}</span>);
}

/** A field with its label, and what is wrong with it. */
export function Field({ label, hint, error, children }: { label: string; hint?: ReactNode; error?: string; children: (id: string, described: string | undefined) => ReactNode }) {
  const id = useId();
  const note = hint || error ? `${id}-note` : undefined;
  return (
    <div className="field">
      <label className="label" htmlFor={id}>{label}</label>
      {children(id, note)}
      {note && (
        <span id={note} className={`small ${error ? 'is-failed' : 'muted'}`}>{error ?? hint}</span>
      )}
    </div>
  );
}

export function Checkbox({ checked, change, children }: { checked: boolean; change: (to: boolean) => void; children: ReactNode }) {
  return (
    <label className="check">
      <input type="checkbox" checked={checked} onChange={(e) => change(e.target.checked)} />
      <span>{children}</span>
    </label>
  );
}

/** Bars where text will be. */
export function Skeleton({ lines = 4 }: { lines?: number }) {
  return (
    <div className="stack tight" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, i) => (
        <div key={i} className="skeleton" style={{ height: 16, width: `${[92, 74, 84, 60][i % 4]}%` }} />
      ))}
    </div>
  );
}

/** Calls back when the value has not changed for a while. */
export function useSettled<T>(value: T, wait: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(value), wait);
    return () => window.clearTimeout(timer);
  }, [value, wait]);
  return settled;
}

/** The newest value, for what is called later. */
export function useNewest<T>(value: T) {
  const ref = useRef(value);
  useEffect(() => {
    ref.current = value;
  });
  return ref;
}
