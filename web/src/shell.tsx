import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { call } from './api/client';
import { useLive, type LiveState } from './api/live';
import { useDrop } from './pages/new/drop';
import { useComplain } from './parts/tell';
import { Link, useAddress } from './router';
import { useMay, useSession } from './session';

const live: Record<LiveState, { word: string; mood: string }> = {
  connecting: { word: 'Connecting…', mood: 'waiting' },
  live: { word: 'Live', mood: '' },
  reconnecting: { word: 'Reconnecting…', mood: 'waiting' },
  offline: { word: 'Offline', mood: 'lost' },
};

/** What stands around every page. */
export function Shell({ children }: { children: ReactNode }) {
  const { path } = useAddress();
  const [open, setOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  const over = useDrop();
  useEffect(() => {
    setOpen(false);
    // A screen reader begins where the new page does.
    if (!first.current) main.current?.focus();
    first.current = false;
  }, [path]);
  return (
    <div className="shell">
      <header className={`side${open ? ' open' : ''}`}>
        <Link to="/" className="brand"><img src="/ui/icon.svg" alt="" />Docket</Link>
        <button type="button" className="button small menu-button" aria-expanded={open} aria-controls="menu" onClick={() => setOpen(!open)}>Menu</button>
        <Menu path={path} />
        <Foot />
      </header>
      <main ref={main} tabIndex={-1}>
        <Banner />
        {children}
      </main>
      {over && <div className="drop-veil">Drop to hand in</div>}
    </div>
  );
}

const pages = [
  { to: '/', word: 'Jobs', below: /^\/(jobs\/.*)?$/ },
  { to: '/new', word: 'New', below: /^\/new/ },
  { to: '/batches', word: 'Batches', below: /^\/batches/ },
  { to: '/webhooks', word: 'Webhooks', below: /^\/webhooks/ },
  { to: '/keys', word: 'Keys', below: /^\/keys/, admin: true },
  { to: '/usage', word: 'Usage', below: /^\/usage/ },
  { to: '/system', word: 'System', below: /^\/system/ },
];

function Menu({ path }: { path: string }) {
  const admin = useMay('admin');
  return (
    <nav id="menu" className="menu" aria-label="Pages">
      {pages.filter((p) => admin || !p.admin).map((p) => (
        <Link key={p.to} to={p.to} aria-current={p.below.test(path) ? 'page' : undefined}>{p.word}</Link>
      ))}
    </nav>
  );
}

function Foot() {
  const session = useSession();
  const state = live[useLive()];
  const client = useQueryClient();
  const complain = useComplain();
  const leave = () => {
    call('/session', { method: 'DELETE' })
      .then(() => client.resetQueries())
      .catch(complain('You are still signed in.'));
  };
  return (
    <div className="foot">
      <span className={`live ${state.mood}`} role="status">{state.word}</span>
      <span className="row wrap">
        <span className="ellipsis" title={`Account ${session.account}`}>{session.account}</span>
        {session.open_mode ? <span className="tag" title="There are no keys: everyone on this machine may do everything">open</span> : <button type="button" className="button quiet small" onClick={leave}>Sign out</button>}
      </span>
      <Theme />
      <a href="/docs">API reference</a>
    </div>
  );
}

const themeKey = 'docket-theme';

export function applyTheme(): string {
  const theme = localStorage.getItem(themeKey) ?? 'system';
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  return theme;
}

function Theme() {
  const [theme, setTheme] = useState(applyTheme);
  return (
    <select
      className="select" aria-label="Colours" value={theme}
      onChange={(e) => {
        localStorage.setItem(themeKey, e.target.value);
        setTheme(applyTheme());
      }}
    >
      <option value="system">As the system</option>
      <option value="light">Light</option>
      <option value="dark">Dark</option>
    </select>
  );
}

/** Says that what is shown may be old. */
function Banner() {
  const state = useLive();
  const [long, setLong] = useState(false);
  const lost = state === 'offline' || state === 'reconnecting';
  useEffect(() => {
    setLong(false);
    if (!lost) return undefined;
    // A short break is nobody's business.
    const timer = window.setTimeout(() => setLong(true), state === 'offline' ? 0 : 4_000);
    return () => window.clearTimeout(timer);
  }, [lost, state]);
  if (!lost || !long) return null;
  return (
    <p className="banner" role="status">
      {state === 'offline' ? 'You are offline. What is shown is as it was; it is brought up to date when you are back.' : 'The server does not answer. What is shown may be old; the page keeps trying.'}
    </p>
  );
}
