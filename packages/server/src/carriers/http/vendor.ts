import type { ListedMessage, LookUp, Submission, SubmitResult } from '../carrier.ts';
import type { VendorRequest, VendorResponse } from './exchange.ts';
import type { TokenApi } from './tokens.ts';

/** Parameters of a submit that the vendor adapter cannot know itself. */
export interface SubmitContext {
  /**
   * URL for the callbacks of this message, with our signed reference, for vendors that take a URL for each message.
   */
  callbackUrl: string;
  /** Our signed reference, for vendors that return a tag. At most 200 characters. */
  tag: string;
}

/** List of the messages that a vendor has accepted. */
export interface MessageList {
  request(search: LookUp): VendorRequest;
  /** @throws Error if the body is not of the documented form. */
  read(body: string): ListedMessage[];
}

/** API of one vendor: requests and responses without a connection. Pure. */
export interface VendorApi {
  /** Scheme, host and port of the API, unless `baseUrl` is set. */
  readonly baseUrl: string;
  /** Access tokens for all requests. Undefined: the requests have their credentials. */
  readonly tokens?: TokenApi | undefined;
  /** Request that submits a message. */
  submit(submission: Submission, context: SubmitContext): VendorRequest;
  /** Meaning of a complete response. The table of each vendor cites its sources. */
  classify(response: VendorResponse): SubmitResult;
  /** List of accepted messages. Undefined: the vendor lists no messages. */
  readonly list?: MessageList;
  /** Request that needs valid credentials and changes nothing. */
  check(): VendorRequest;
  /** Reason why the response to `check` shows wrong credentials, or undefined. */
  problem(response: VendorResponse): string | undefined;
}
