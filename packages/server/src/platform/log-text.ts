export type LogFormat = 'json' | 'text';

/** Control characters and marks of text direction. A terminal would interpret them. */
const UNSAFE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;
const PLAIN = /^[^\s"=\p{Cc}\u202a-\u202e\u2066-\u2069]+$/u;
const LEVEL_WIDTH = 5;

/**
 * Converts a log line from JSON to text for people: time, level, event and the other fields as `name=value`. The stack
 * of an error follows on indented lines.
 * @param line one JSON object. Other text is returned unchanged.
 */
export function toText(line: string): string {
  const fields = parsed(line);
  if (!fields) return line;
  const { time, level, event, ...rest } = fields;
  const errors = Object.values(rest).filter(isError);
  const pairs = Object.entries(rest)
    // The logger repeats the message of an error.
    .filter(([name, value]) => name !== 'msg' || errors.every(({ message }) => message !== value))
    .map(([name, value]) => `${name}=${valueText(isError(value) ? value.message : value)}`);
  const head = [time, String(level).padEnd(LEVEL_WIDTH), event, ...pairs].join(' ');
  return `${[head, ...errors.flatMap(stackOf)].join('\n')}\n`;
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

interface LoggedError {
  message: string;
  stack: string;
}

function isError(value: unknown): value is LoggedError {
  return typeof (value as Partial<LoggedError> | null)?.stack === 'string';
}

function stackOf({ stack }: LoggedError): string[] {
  return stack.split('\n').map((line) => `    ${escaped(line)}`);
}

function valueText(value: unknown): string {
  if (Array.isArray(value) && value.length > 0 && value.every(isPlain)) return value.join(',');
  if (isPlain(value)) return String(value);
  return escaped(JSON.stringify(value));
}

function isPlain(value: unknown): boolean {
  return typeof value === 'string' ? PLAIN.test(value) : typeof value !== 'object' || value === null;
}

function escaped(text: string): string {
  return text.replaceAll(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
