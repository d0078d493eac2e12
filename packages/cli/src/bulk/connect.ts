import { PATIENCE } from '../campaign/patience.ts';
import { UsageError } from '../exit.ts';
import { connectionOf, urlOf } from '../profiles/connection.ts';
import type { Session } from '../session.ts';
import type { Bulk } from './bulk.ts';

/**
 * Connects to the server of a bulk send, by the options of this command or else by those of the bulk send. Credentials are
 * checked before they are sent to a server.
 *
 * @throws UsageError when they select another server or API client
 */
export function connectTo(session: Session, bulk: Bulk): Session {
  const { profile, sandbox, url } = session.globals;
  const isGiven = profile !== undefined || sandbox !== undefined || url !== undefined;
  const connected = isGiven ? session : session.connectedBy(bulk.connection);
  const { globals, terminal } = connected;
  const { server, apiClientId } = bulk.content;
  if (urlOf(globals, terminal.env) !== server) throw elsewhere(bulk, `server ${server}`, '--url');
  const { clientId } = connectionOf(globals, terminal.env);
  if (clientId !== undefined && clientId !== apiClientId)
    throw elsewhere(bulk, `API client ${apiClientId}`, '--profile');
  return connected;
}

/** @throws UsageError when the credentials belong to another API client. Needs a request, for access tokens. */
export async function mustBeClient({ client, signal }: Session, bulk: Bulk): Promise<void> {
  const { apiClientId } = await client(PATIENCE).whoami({ signal });
  if (apiClientId !== bulk.content.apiClientId)
    throw elsewhere(bulk, `API client ${bulk.content.apiClientId}`, '--profile');
}

function elsewhere({ id }: Bulk, what: string, option: string): UsageError {
  return new UsageError(`Bulk send ${id} belongs to the ${what}`, `Nothing was changed. Set ${option}.`);
}
