import { createNodeFetch, type FetchInit, type NodeFetch, type NodeHttp } from './node-fetch.ts';

type Builtins = { getBuiltinModule?(name: string): NodeHttp | undefined };

/**
 * The platform's `fetch`. In Node (from 20.16 on) it goes on with Node's own HTTP client where `fetch` fails because a server, or a proxy
 * in between, sends `100 Continue` unasked: such an answer is allowed (RFC 9110 §15.2), and other platforms ignore it.
 */
export function createFetch() {
  /** The origins of these servers. */
  const interim = new Set<string>();

  /** @param isUnrepeatable the request may have been carried out when `fetch` fails, and is not sent again then. */
  return async (url: string, init: FetchInit, isUnrepeatable: boolean): Promise<Response> => {
    const { origin } = new URL(url);
    const known = interim.has(origin) ? nodeFetch() : undefined;
    if (known) return known(url, init);
    try {
      // As a method of another object it would be an illegal invocation in browsers and workers.
      return await globalThis.fetch(url, init);
    } catch (error) {
      const instead = isInterimAnswer(error) ? nodeFetch() : undefined;
      if (!instead) throw error;
      interim.add(origin);
      if (isUnrepeatable) throw error;
      return instead(url, init);
    }
  };
}

/** How undici, which is `fetch` in Node, fails then. */
function isInterimAnswer(error: unknown): boolean {
  const { code, message } = ((error as Error | undefined)?.cause ?? {}) as { code?: unknown; message?: unknown };
  return code === 'UND_ERR_SOCKET' && message === 'bad response';
}

let made: NodeFetch | undefined;

/** Not imported, so that a bundle for another platform does not ask for Node's modules. */
function nodeFetch(): NodeFetch | undefined {
  if (made) return made;
  const { process } = globalThis as { process?: Builtins };
  const [plain, secure] = ['node:http', 'node:https'].map((name) => process?.getBuiltinModule?.(name));
  if (plain && secure) made = createNodeFetch(plain, secure);
  return made;
}
