import { randomBytes } from 'node:crypto';
import type { Config } from '#platform/config.ts';

/**
 * Lets everyone on this machine sign in to the console as an operator, in a sandbox without carriers. Its credentials are public, and it
 * listens on loopback only. With RC_ADMIN_TOKEN, that token is required.
 */
export function withOpenOperator(config: Config): Config {
  if (!config.sandbox || config.adminToken !== undefined || config.carriers) return config;
  return { ...config, adminToken: randomBytes(32).toString('base64url'), hasOpenOperator: true };
}
