import { createNodeFetch, type FetchInit, type NodeFetch, type NodeHttp } from './node-fetch.ts';

type Builtins = { getBuiltinModule?(name: string): NodeHttp | undefined };

/**
 * Creates a `fetch` that falls back to Node's HTTP client (Node 20.16 or later). Node's `fetch` fails if a server or
 * proxy sends an unsolicited `100 Continue`. Such a response is allowed (RFC 9110 §15.2), and other platforms ignore
 * it.
 */
export function createFetch() {
  /** Origins that have sent such a response. */
  const interim = new Set<string>();

  /**
   * @param isUnrepeatable the request is not sent again after `fetch` failed, because the server may have processed it
   */
  return async (url: string, init: FetchInit, isUnrepeatable: boolean): Promise<Response> => {
    const { origin } = new URL(url);
    const known = interim.has(origin) ? nodeFetch() : undefined;
    if (known) return known(url, init);
    try {
      // Called on `globalThis`. As a method of another object, `fetch` is an illegal invocation in browsers and
      // workers.
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

/** Recognizes the failure of undici, which implements `fetch` in Node. */
function isInterimAnswer(error: unknown): boolean {
  const { code, message } = ((error as Error | undefined)?.cause ?? {}) as { code?: unknown; message?: unknown };
  return code === 'UND_ERR_SOCKET' && message === 'bad response';
}

let made: NodeFetch | undefined;

/** Loads the modules at run time. An import would make bundles for other platforms require Node's modules. */
function nodeFetch(): NodeFetch | undefined {
  if (made) return made;
  const { process } = globalThis as { process?: Builtins };
  const [plain, secure] = ['node:http', 'node:https'].map((name) => process?.getBuiltinModule?.(name));
  if (plain && secure) made = createNodeFetch(plain, secure);
  return made;
}
