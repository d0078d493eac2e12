import http from 'node:http';
import https from 'node:https';
import { createNodeFetch } from './sdk.ts';

/** Node's `fetch` fails where a server sends `100 Continue` unasked (RFC 9110 §15.2). */
export const nodeFetch = createNodeFetch(http, https);
