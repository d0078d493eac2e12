import { Link } from 'wouter';
import type { Carrier } from '../../api/operator-types.ts';
import { useCarriers } from './queries.ts';

/** States in which messages wait until an operator or the carrier acts. */
const STOPPED: readonly Carrier['state'][] = ['down', 'paused', 'misconfigured', 'failing'];

/**
 * Banner for operators while messages wait for a carrier that accepts none. The text has no counts. A screen reader
 * would announce each change of them.
 */
export function CarrierAlert() {
  const { data } = useCarriers();
  const stopped = data?.carriers.filter(({ state, queued }) => queued > 0 && STOPPED.includes(state)) ?? [];
  if (stopped.length === 0) return null;
  return (
    <div className="problem" role="alert">
      {stopped.map(({ name, state, reason }) => (
        <p key={name}>
          <strong>Messages wait for {name}.</strong> {sentence(reason ?? `${name} is ${state}`)}
        </p>
      ))}
      <p>
        <Link href="/carriers">Show the carriers</Link>
      </p>
    </div>
  );
}

const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);
