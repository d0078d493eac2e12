import { EXIT, type Exit } from '../exit.ts';
import { follow, RECOVERED } from '../following/follow.ts';
import type { StreamEvent } from '../sdk.ts';
import type { Session } from '../session.ts';

export interface TailOptions {
  since?: string;
}

/** Follows the event stream until an interrupt, which is its only regular end. */
export async function tail(
  { client, out, signal }: Session,
  { since }: TailOptions,
  show: (event: StreamEvent) => void,
): Promise<Exit> {
  const onReady = () => out.note(out.paint('dim', 'Following. Press ctrl-C to stop.'));
  const onOutage = ({ message }: Error) => out.note(`${message}. Waiting for the server. No event will be missed.`);
  const onRecovery = () => out.note(RECOVERED);
  for await (const event of follow(client(), { signal, since, onReady, onOutage, onRecovery })) show(event);
  return EXIT.interrupted;
}
