import pino from 'pino';
import { toStandardOutput } from './log-destination.ts';
import type { LogEvent } from './log-events.ts';

type Write = (fields: { event: LogEvent } & Record<string, unknown>) => void;

/** Each line has an event of LOG_EVENTS and its fields, and no other text. */
export interface Log extends Record<'debug' | 'error' | 'fatal' | 'info' | 'warn', Write> {
  flush(done?: (error?: Error) => void): void;
}

export type LogLevel = 'debug' | 'error' | 'fatal' | 'info' | 'silent' | 'trace' | 'warn';

/** Fields that must never reach a log. Modules do not log them. The redaction is a second safeguard. */
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

/** A driver's error may contain values of the rejected row, such as a message text. Those properties are not logged. */
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
