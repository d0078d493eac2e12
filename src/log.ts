import pino from 'pino';

export type Log = pino.Logger;
export type LogLevel = 'debug' | 'error' | 'fatal' | 'info' | 'silent' | 'trace' | 'warn';

/** What must never reach a log, wherever an object carries it. The rooms don't log these; this is the second lock. */
const REDACTED = [
  'authorization',
  'text',
  'secret',
  'clientSecret',
  'webhookSecret',
  'password',
  'token',
  'access_token',
  'client_secret',
  'headers.authorization',
];

export function createLog(level: LogLevel, destination?: pino.DestinationStream): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: [...REDACTED, ...REDACTED.map((path) => `*.${path}`)], censor: '[redacted]' },
    },
    destination ?? pino.destination({ dest: 1, sync: false }),
  );
}
