/** Who is sent to. Numbers, so that no two requests of a run need be for the same handset. */
export interface Recipients {
  prefix: string;
  first: number;
  /** How many there are before the first comes again. */
  count: number;
  perRequest: number;
}

/** `POST /api/core/messages/send`; what is absent is as the sandbox has it. */
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
  /** Absent: no receipts are asked for. */
  dlr?: { mask: number; url: string };
}

/** What is sent again and again, by kind: the load generator is a process of its own, which takes no functions. */
export type RequestOptions = Send | Sendsms;

/**
 * With `rate` (requests/s) an open loop: each request is due at its time, and its latency counts from then, whether or
 * not a connection was free. Without, a closed loop: each connection sends again as soon as it was answered.
 */
export interface LoadOptions {
  /** The server's origin: `http://127.0.0.1:3000`. */
  url: string;
  request: RequestOptions;
  connections: number;
  /** For how long requests are sent; the answers to the last ones are waited for. */
  seconds: number;
  /** Ends the run earlier, after this many requests. */
  requests?: number;
  rate?: number;
  /** Keep when which message was accepted. */
  record?: boolean;
}
