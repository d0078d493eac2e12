import { CSPProvider } from '@base-ui/react/csp-provider';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Failure } from './api/call.ts';
import { isWorthRepeating } from './api/next-step.ts';
import { noticeEnd } from './api/session-end.ts';
import { App } from './app.tsx';
import { Reveals } from './ui/reveal.tsx';
import { setTheme } from './ui/theme.ts';
import { Toasts } from './ui/toasts.tsx';
import './styles/base.css';
import './styles/layout.css';
import './styles/controls.css';
import './styles/tables.css';
import './styles/plots.css';
import './styles/story.css';
import './styles/media.css';
import './styles/phone.css';

const REPEATS = 2;
/** Milliseconds between automatic retries of a failed query. */
const AGAIN_MS = 5000;

/** Any failed request may reveal the end of the session. */
const onError = (error: Error) => noticeEnd(queries, error);

const isPassing = (error: unknown) => error instanceof Failure && isWorthRepeating(error);

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      staleTime: 2000,
      refetchInterval: ({ state: { error } }) => isPassing(error) && AGAIN_MS,
      retry: (count, error) => count < REPEATS && isPassing(error),
    },
  },
});

setTheme();
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    {/* The Content-Security-Policy of the server allows no style elements. The style sheets contain these styles. */}
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queries}>
        <Toasts>
          <Reveals>
            <App />
          </Reveals>
        </Toasts>
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
);
