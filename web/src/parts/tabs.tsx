import { useId, type KeyboardEvent, type ReactNode } from 'react';

export interface Tab {
  name: string;
  label: string;
  content: () => ReactNode;
}

/** Tabs of which one is shown; arrow keys go from one to the next. */
export function Tabs({ tabs, chosen, choose, label }: { tabs: Tab[]; chosen: string; choose: (name: string) => void; label: string }) {
  const id = useId();
  const at = Math.max(0, tabs.findIndex((t) => t.name === chosen));
  const current = tabs[at];
  const key = (e: KeyboardEvent<HTMLElement>) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (!step) return;
    e.preventDefault();
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (!next) return;
    choose(next.name);
    document.getElementById(`${id}-${next.name}`)?.focus();
  };
  return (
    <>
      <div className="tabs" role="tablist" aria-label={label} onKeyDown={key}>
        {tabs.map((t) => (
          <button
            key={t.name} id={`${id}-${t.name}`} type="button" role="tab"
            aria-selected={t === current} aria-controls={`${id}-panel`} tabIndex={t === current ? 0 : -1}
            onClick={() => choose(t.name)}
          >
            {t.label}
          </button>
        ))}
      </div>
      <div className="tab-panel" role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${current?.name}`} tabIndex={0}>
        {current?.content()}
      </div>
    </>
  );
}
