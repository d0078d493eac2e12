import http from 'node:http';
import https from 'node:https';
import { createNodeFetch } from './sdk.ts';

/** `fetch` by Node's HTTP client. Node's own `fetch` fails on an unsolicited `100 Continue` (RFC 9110 §15.2). */
export const nodeFetch = createNodeFetch(http, https);
