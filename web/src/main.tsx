import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { asProblem } from './api/errors';
import { LiveProvider } from './api/live';
import { Page } from './app';
import { ToastProvider } from './parts/tell';
import { SessionGate } from './session';
import { Shell, applyTheme } from './shell';
import './styles/tokens.css';
import './styles/base.css';
import './styles/parts.css';
import './styles/shell.css';
import './styles/jobs.css';
import './styles/job.css';
import './styles/viewer.css';
import './styles/result.css';
import './styles/new.css';
import './styles/rest.css';

const mostTries = 3;

const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      // The session has ended meanwhile: the gate finds out and shows the door.
      if (asProblem(error).status === 401 && query.queryKey[0] !== 'session') void client.invalidateQueries({ queryKey: ['session'] });
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      refetchOnWindowFocus: false,
      networkMode: 'always',
      retry: (tried, error) => tried < mostTries && [0, 429, 503].includes(asProblem(error).status),
      retryDelay: (tried, error) => 1000 * (asProblem(error).retryAfter ?? 2 ** tried),
    },
    mutations: { networkMode: 'always' },
  },
});

applyTheme();
const root = document.getElementById('root');
if (!root) throw new Error('the page has no root');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <ToastProvider>
        <SessionGate>
          <LiveProvider>
            <Shell><Page /></Shell>
          </LiveProvider>
        </SessionGate>
      </ToastProvider>
    </QueryClientProvider>
  </StrictMode>,
);
