/** Recipients of the sends. A range of numbers, so that no two requests of a run need the same handset. */
export interface Recipients {
  prefix: string;
  first: number;
  /** Size of the range, after which the first recipient is used again. */
  count: number;
  perRequest: number;
}

/** `POST /api/core/messages/send`. Absent fields have the values of the sandbox. */
export interface Send {
  kind: 'send';
  token?: string;
  sendFrom?: string;
  text?: string;
  recipients?: Partial<Recipients>;
}

/** `GET /cgi-bin/sendsms` of Kannel. */
export interface Sendsms {
  kind: 'sendsms';
  username: string;
  password: string;
  from: string;
  text?: string;
  recipients?: Partial<Recipients>;
  /** Absent: no receipts are requested. */
  dlr?: { mask: number; url: string };
}

/** Request that is sent repeatedly, by kind. Functions cannot be passed to the process of the load generator. */
export type RequestOptions = Send | Sendsms;

/**
 * With `rate` (requests/s), an open loop. Each request has a due time from which its latency counts, whether or not a
 * connection was free. Without `rate`, a closed loop. Each connection sends again after each response.
 */
export interface LoadOptions {
  /** Origin of the server, such as `http://127.0.0.1:3000`. */
  url: string;
  request: RequestOptions;
  connections: number;
  /** Time in which requests are sent. The run then waits for the last responses. */
  seconds: number;
  /** Number of requests that ends the run earlier. */
  requests?: number;
  rate?: number;
  /** Record the accept time of each message. */
  record?: boolean;
}
