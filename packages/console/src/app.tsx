import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { Route, Router, Switch } from 'wouter';
import { call } from './api/call.ts';
import type { Session } from './api/operator-types.ts';
import { ScopeProvider } from './api/scope.tsx';
import { Carriers } from './screens/carriers/carriers.tsx';
import { ClientPage } from './screens/clients/client.tsx';
import { Clients } from './screens/clients/clients.tsx';
import { MessagePage } from './screens/messages/message.tsx';
import { Messages } from './screens/messages/messages.tsx';
import { Numbers } from './screens/numbers/numbers.tsx';
import { OptOuts } from './screens/opt-outs/opt-outs.tsx';
import { ClientOverview } from './screens/overview/client-overview.tsx';
import { Overview } from './screens/overview/overview.tsx';
import { Phone } from './screens/phone/phone.tsx';
import { PoolPage } from './screens/pools/pool.tsx';
import { Pools } from './screens/pools/pools.tsx';
import { Scheduling } from './screens/scheduling/scheduling.tsx';
import { Shell } from './screens/shell.tsx';
import { SignIn } from './screens/sign-in.tsx';
import { Webhooks } from './screens/webhooks/webhooks.tsx';
import { Page } from './ui/parts.tsx';
import { Loading, Problem } from './ui/states.tsx';
import { useSay } from './ui/toasts.tsx';

/** Maximum time in milliseconds until the end of a session is detected. */
const SESSION_MS = 10_000;

export function App() {
  const session = useQuery({
    queryKey: ['session'],
    queryFn: () => call<Session>('/console/session'),
    refetchInterval: SESSION_MS,
    retry: false,
  });
  const { data, error } = session;
  const [hasBegun, setHasBegun] = useState(false);
  const isSignedIn = data !== undefined && data.role !== 'nobody';
  if (isSignedIn && !hasBegun) setHasBegun(true);
  const who = isSignedIn ? (data.apiClientId ?? 'an operator') : undefined;
  useSayChange(who);
  if (isSignedIn) return <SignedIn key={who} session={data} />;
  if (data) return <SignIn expired={hasBegun} {...data} />;
  return (
    <main className="alone">
      {error ? <Problem error={error} retry={() => void session.refetch()} /> : <Loading rows={3} />}
    </main>
  );
}

/** All windows of a browser share one session. Reports a sign-in of another window. */
function useSayChange(who: string | undefined): void {
  const say = useSay();
  const before = useRef(who);
  useEffect(() => {
    if (before.current && who && before.current !== who) say(`Another window has signed in as ${who}.`);
    before.current = who;
  });
}

function SignedIn({ session }: { session: Session }) {
  const isOperator = session.role === 'operator';
  return (
    <ScopeProvider session={session}>
      <Router base="/console">
        <Shell>
          <Switch>
            <Route path="/">{isOperator ? <Overview /> : <ClientOverview />}</Route>
            <Route path="/messages" component={Messages} />
            <Route path="/messages/:messageId">
              {({ messageId }) => <MessagePage key={messageId} messageId={messageId} />}
            </Route>
            <Route path="/scheduling" component={Scheduling} />
            {session.sandbox && <Route path="/phone" component={Phone} />}
            <Route path="/webhooks" component={Webhooks} />
            <Route path="/numbers" component={Numbers} />
            {isOperator && <Route path="/pools" component={Pools} />}
            {isOperator && (
              <Route path="/pools/:poolId">{({ poolId }) => <PoolPage key={poolId} poolId={poolId} />}</Route>
            )}
            <Route path="/opt-outs" component={OptOuts} />
            {isOperator && <Route path="/clients" component={Clients} />}
            {isOperator && (
              <Route path="/clients/:clientId">
                {({ clientId }) => <ClientPage key={clientId} clientId={clientId} />}
              </Route>
            )}
            {isOperator && <Route path="/carriers" component={Carriers} />}
            <Route>
              <Page title="Page not found">
                <a href="/console/">Go to the overview</a>
              </Page>
            </Route>
          </Switch>
        </Shell>
      </Router>
    </ScopeProvider>
  );
}
