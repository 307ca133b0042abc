import { createContext, useCallback, useContext, useEffect, useRef, useState, type ReactNode } from 'react';
import { asProblem, type Problem } from '../api/errors';

/** A sentence of the API, in which names stand between backticks. */
export function Sentence({ text }: { text: string }) {
  return text.split('`').map((part, i) => (i % 2 ? <code key={i}>{part}</code> : part));
}

/** An error as a panel: what, why, and what now. */
export function ErrorPanel({ error, title, retry, children }: { error: unknown; title: string; retry?: () => void; children?: ReactNode }) {
  const p = asProblem(error);
  return (
    <section className="panel error" role="alert">
      <h2>{title}</h2>
      <p><Sentence text={p.message} /></p>
      <Remedies problem={p} />
      {children}
      {retry && (
        <p style={{ marginTop: 8 }}>
          <button type="button" className="button small" onClick={retry}>Try again</button>
        </p>
      )}
    </section>
  );
}

function Remedies({ problem }: { problem: Problem }) {
  const items = [...problem.items.map((i) => `Item ${i.index + 1}: ${i.message}`), ...problem.suggestions];
  return (
    <>
      {items.length > 0 && <ul>{items.map((s) => <li key={s}><Sentence text={s} /></li>)}</ul>}
      {problem.status >= 500 && problem.requestID && <p className="small muted">The server's log has more under the request <code>{problem.requestID}</code>.</p>}
    </>
  );
}

/** What would be here, and the one thing that brings it. */
export function Empty({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      <p>{children}</p>
      {action}
    </div>
  );
}

interface Toast {
  id: number;
  text: string;
  bad: boolean;
  action?: ReactNode;
}

type Say = (text: string, options?: { bad?: boolean; action?: ReactNode }) => void;

const ToastContext = createContext<Say>(() => {});

/** Says something in the corner for a few seconds. */
export const useSay = (): Say => useContext(ToastContext);

/** Says what went wrong. */
export function useComplain(): (what: string) => (error: unknown) => void {
  const say = useSay();
  return useCallback((what: string) => (error: unknown) => {
    const p = asProblem(error);
    say(`${what} ${p.message}${p.suggestions[0] ? ` ${p.suggestions[0]}.` : ''}`, { bad: true });
  }, [say]);
}

const shownFor = 6_000;
const mostToasts = 4;

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const next = useRef(0);
  const say = useCallback<Say>((text, { bad = false, action } = {}) => {
    const id = next.current++;
    setToasts((all) => [...all.slice(1 - mostToasts), { id, text, bad, action }]);
    window.setTimeout(() => setToasts((all) => all.filter((t) => t.id !== id)), bad ? 2 * shownFor : shownFor);
  }, []);
  return (
    <ToastContext value={say}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {toasts.map((t) => (
          <div key={t.id} className={`toast${t.bad ? ' bad' : ''}`}>
            <span className="grow">{t.text}</span>
            {t.action}
            <button type="button" className="button quiet small" onClick={() => setToasts((all) => all.filter((x) => x.id !== t.id))}>Close</button>
          </div>
        ))}
      </div>
    </ToastContext>
  );
}

/** Asks before something that cannot be undone. */
export function Confirm({ title, children, act, verb, close }: { title: string; children: ReactNode; act: () => void; verb: string; close: () => void }) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog ref={ref} aria-labelledby="confirm-title" onCancel={close}>
      <h2 id="confirm-title">{title}</h2>
      <div style={{ marginTop: 8 }}>{children}</div>
      <div className="actions">
        <button type="button" className="button" autoFocus onClick={close}>Keep</button>
        <button type="button" className="button danger" onClick={() => { close(); act(); }}>{verb}</button>
      </div>
    </dialog>
  );
}
