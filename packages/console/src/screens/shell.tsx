import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { call } from '../api/call.ts';
import { useScope } from '../api/scope.tsx';
import { Boundary } from '../ui/boundary.tsx';
import { Button } from '../ui/controls.tsx';
import { View } from '../ui/dialogs.tsx';
import { toldApart } from '../ui/format.ts';
import { Empty, Problem } from '../ui/states.tsx';
import { setTheme, THEMES, theme } from '../ui/theme.ts';
import { CarrierAlert } from './carriers/alert.tsx';
import { HoldAlert } from './carriers/hold.tsx';

interface Place {
  path: string;
  label: string;
  only?: 'operator' | 'sandbox';
}

const PLACES: readonly Place[] = [
  { path: '/', label: 'Overview' },
  { path: '/messages', label: 'Messages' },
  { path: '/scheduling', label: 'Scheduling' },
  { path: '/phone', label: 'Phone', only: 'sandbox' },
  { path: '/webhooks', label: 'Webhooks' },
  { path: '/numbers', label: 'Numbers' },
  { path: '/pools', label: 'Pools', only: 'operator' },
  { path: '/opt-outs', label: 'Opt-outs' },
  { path: '/clients', label: 'Clients', only: 'operator' },
  { path: '/carriers', label: 'Carriers', only: 'operator' },
];

/** Pages that do not depend on the selected client. */
const WITHOUT_CLIENT = ['/', '/clients', '/carriers'];
const BELOW_WITHOUT_CLIENT = ['/clients/', '/pools/'];

export function Shell({ children }: { children: ReactNode }) {
  const [path] = useLocation();
  const { isOperator, clientId } = useScope();
  const content = useRef<HTMLElement>(null);
  const first = useRef(true);
  // Moves the focus of keyboard and screen reader users to the start of the new page.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the effect runs on each change of the path
  useEffect(() => {
    // A dialog with one-time secrets stays above the pages and keeps the focus.
    if (!first.current && !document.querySelector('[role="alertdialog"]')) content.current?.focus();
    first.current = false;
  }, [path]);

  const needsClient =
    isOperator &&
    !WITHOUT_CLIENT.some((place) => place === path) &&
    !BELOW_WITHOUT_CLIENT.some((start) => path.startsWith(start));
  return (
    <div className="shell">
      <a className="skip" href="#content">
        Skip to content
      </a>
      <Side path={path} />
      <main id="content" ref={content} tabIndex={-1}>
        {isOperator && <HoldAlert />}
        {isOperator && <CarrierAlert />}
        {needsClient && clientId === undefined ? (
          <NoClient />
        ) : (
          // Resets the page on a change of client, so that no input or data of one client appears in another client's
          // view.
          <Boundary key={`${path} ${needsClient ? clientId : ''}`}>{children}</Boundary>
        )}
      </main>
    </div>
  );
}

function NoClient() {
  return (
    <Empty title="No API client yet">
      <p>
        This page shows one API client's view. <Link href="/clients">Create the first one</Link>.
      </p>
    </Empty>
  );
}

/** On a phone, the navigation is a row that scrolls horizontally. */
const intoView = (link: Element | null) => link?.scrollIntoView({ block: 'nearest', inline: 'center' });

function Side({ path }: { path: string }) {
  const { session, isOperator } = useScope();
  const places = PLACES.filter(
    ({ only }) => !only || (only === 'operator' && isOperator) || (only === 'sandbox' && session.sandbox),
  );
  const isHere = (place: string) => (place === '/' ? path === '/' : path.startsWith(place));
  return (
    <header className="side">
      <Link href="/" className="brand">
        <img src="/console/icon.svg" alt="" width="24" height="24" />
        Red Cloud
      </Link>
      <Whose />
      <nav className="places" aria-label="Pages of the console">
        {places.map(({ path: to, label }) => (
          <Link
            key={to}
            href={to}
            ref={isHere(to) ? intoView : undefined}
            aria-current={isHere(to) ? 'page' : undefined}
          >
            {label}
          </Link>
        ))}
      </nav>
      <div className="side-foot">
        <a href="/docs">API reference</a>
        <ThemeChoice />
        <SignOut />
      </div>
    </header>
  );
}

/** The client whose view is shown. Operators can choose. */
function Whose() {
  const { isOperator, clients, clientId, choose } = useScope();
  if (!isOperator) return <p className="whose muted small">{clientId}</p>;
  if (clients.length === 0) return null;
  const nameOf = toldApart(clients);
  return (
    <label className="whose">
      <span className="muted small">View of</span>
      <select value={clientId} onChange={(event) => choose(event.target.value)}>
        {clients.map((client) => (
          <option key={client.id} value={client.id}>
            {nameOf(client)}
            {client.status === 'SUSPENDED' ? ' (suspended)' : ''}
          </option>
        ))}
      </select>
    </label>
  );
}

function ThemeChoice() {
  const [chosen, setChosen] = useState(theme);
  const choose = (name: string) => {
    setTheme(name);
    setChosen(name);
  };
  return (
    <label>
      <span className="visually-hidden">Theme</span>
      <select value={chosen} onChange={(event) => choose(event.target.value)}>
        {THEMES.map(([name, label]) => (
          <option key={name} value={name}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}

function SignOut() {
  const queries = useQueryClient();
  const leaving = useMutation({
    mutationFn: () => call('/console/session', { method: 'DELETE' }),
    onSuccess: () => {
      queries.clear();
      location.assign('/console/');
    },
  });
  const leave = () => leaving.mutate();
  return (
    <>
      <Button kind="quiet" busy={leaving.isPending} onClick={leave}>
        Sign out
      </Button>
      {/* Scripts cannot access the cookie. Only a response of the server removes the cookie. */}
      {leaving.error && (
        <View title="You are still signed in" close={leaving.reset}>
          <Problem error={leaving.error} retry={leave} />
        </View>
      )}
    </>
  );
}
