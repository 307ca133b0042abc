import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState, useSyncExternalStore, type ReactNode } from 'react';
import type { JobUpdate } from './types';

/** How the page learns of changes: live, or by asking now and then. */
export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'offline';

export type Change = JobUpdate | { deleted: string };
type Listener = (changes: Change[]) => void;

/** hiddenFor is how long a page that nobody sees keeps its connection: a browser has only six to a server. */
const hiddenFor = 20_000;
const retryAfter = 3_000;
/** gathering is how long changes wait for others, so that a busy server does not redraw the page for each. */
const gathering = 120;

/** The stream of all changes of the account. */
export class Feed {
  state: LiveState = 'connecting';
  private source?: EventSource;
  private retry?: number;
  private hide?: number;
  private gathered: Change[] = [];
  private flush?: number;
  private readonly watchers = new Set<() => void>();
  private readonly listeners = new Set<Listener>();
  /** Called when changes may have been missed. */
  onReturn: () => void = () => {};

  start(): void {
    this.open();
    document.addEventListener('visibilitychange', this.visibility);
    window.addEventListener('online', this.online);
    window.addEventListener('offline', this.offline);
  }

  stop(): void {
    this.close();
    window.clearTimeout(this.hide);
    document.removeEventListener('visibilitychange', this.visibility);
    window.removeEventListener('online', this.online);
    window.removeEventListener('offline', this.offline);
  }

  readonly watch = (changed: () => void): (() => void) => {
    this.watchers.add(changed);
    return () => this.watchers.delete(changed);
  };

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private open(): void {
    this.close();
    const source = new EventSource('/events');
    this.source = source;
    source.onopen = () => {
      const missed = this.state === 'reconnecting' || this.state === 'offline';
      this.become('live');
      if (missed) this.onReturn();
    };
    source.onerror = () => {
      this.become(navigator.onLine ? 'reconnecting' : 'offline');
      // The browser tries again by itself, except after an answer that is no stream.
      if (source.readyState === EventSource.CLOSED) this.retry = window.setTimeout(() => this.open(), retryAfter);
    };
    source.addEventListener('status', (e) => this.tell(JSON.parse((e as MessageEvent<string>).data) as JobUpdate));
    source.addEventListener('deleted', (e) => this.tell({ deleted: (JSON.parse((e as MessageEvent<string>).data) as JobUpdate).job_id }));
  }

  private close(): void {
    window.clearTimeout(this.retry);
    this.source?.close();
    this.source = undefined;
  }

  private tell(change: Change): void {
    this.gathered.push(change);
    this.flush ??= window.setTimeout(() => {
      const changes = this.gathered;
      this.gathered = [];
      this.flush = undefined;
      for (const listener of this.listeners) listener(changes);
    }, gathering);
  }

  private become(state: LiveState): void {
    if (state === this.state) return;
    this.state = state;
    for (const watcher of this.watchers) watcher();
  }

  private readonly visibility = (): void => {
    window.clearTimeout(this.hide);
    if (document.hidden) {
      this.hide = window.setTimeout(() => {
        this.close();
        this.state = 'reconnecting';
      }, hiddenFor);
    } else if (!this.source) {
      this.open();
    }
  };

  private readonly online = (): void => this.open();
  private readonly offline = (): void => this.become('offline');
}

const FeedContext = createContext<Feed | null>(null);

export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [feed] = useState(() => new Feed());
  useEffect(() => {
    feed.onReturn = () => void client.invalidateQueries();
    const forget = feed.listen((changes) => changes.forEach((c) => patch(client, c)));
    feed.start();
    return () => {
      forget();
      feed.stop();
    };
  }, [client, feed]);
  return <FeedContext value={feed}>{children}</FeedContext>;
}

/** A change of a job goes into what is shown of it at once. */
function patch(client: QueryClient, update: Change): void {
  if ('deleted' in update) return;
  client.setQueryData<Record<string, unknown>>(['job', update.job_id], (old) =>
    old && { ...old, status: update.status, progress: { ...(old.progress as object), ...update.progress } },
  );
  if (update.previous_status !== undefined) {
    void client.invalidateQueries({ queryKey: ['job', update.job_id] });
    void client.invalidateQueries({ queryKey: ['history', update.job_id] });
  }
}

export function useFeed(): Feed {
  const feed = useContext(FeedContext);
  if (!feed) throw new Error('useFeed outside LiveProvider');
  return feed;
}

export function useLive(): LiveState {
  const feed = useFeed();
  return useSyncExternalStore(feed.watch, () => feed.state);
}

/** The pause between two questions: short while nothing is told. */
export function usePace(live: number, otherwise = 5_000): number {
  return useLive() === 'live' ? live : otherwise;
}
