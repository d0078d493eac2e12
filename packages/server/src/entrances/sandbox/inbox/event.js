/** Texts for a posted body. Anyone can post any JSON here, so no field is assumed to exist or to be text. */

const LONGEST = 2_000;

function fieldsOf(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function textOf(value) {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value.slice(0, LONGEST) : undefined;
}

/** @returns texts only, whatever `body` is: `null`, a number, a list, or an event with fields of other types. */
export function describeEvent(body) {
  const { messageId, from, to, sequence, type, text, error } = fieldsOf(body);
  const { code, message } = fieldsOf(error);
  const said = textOf(text);
  return {
    messageId: textOf(messageId) ?? 'unknown',
    route: `${textOf(from) ?? '?'} → ${textOf(to) ?? '?'}`,
    title: `${textOf(sequence) ?? '·'} ${textOf(type) ?? 'not an event'}`,
    error: [textOf(code), textOf(message)].filter((part) => part !== undefined).join(': '),
    said: said === undefined ? '' : `“${said}”`,
  };
}
