import pino from 'pino';
import { toStandardOutput } from './log-destination.ts';

export type Log = pino.Logger;
export type LogLevel = 'debug' | 'error' | 'fatal' | 'info' | 'silent' | 'trace' | 'warn';

/** What must never reach a log. The rooms don't log these; this is the second lock. */
const SECRET = [
  'authorization',
  'text',
  'secret',
  'clientSecret',
  'webhookSecret',
  'password',
  'token',
  'access_token',
  'client_secret',
];

const serializers = { ...Object.fromEntries(SECRET.map((name) => [name, () => '[redacted]'])), err: describe };

/** A driver's error may carry the values of the row it refused, which may be a message's text: those stay out. */
function describe(error: unknown) {
  const { name, message, code, stack, cause } = error as Error & { code?: string };
  return { name, message, code, stack, ...(cause ? { cause: String(cause) } : {}) };
}

export function createLog(level: LogLevel, destination?: pino.DestinationStream): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers,
    },
    destination ?? toStandardOutput(),
  );
}
