// Reads the files that EnvironmentFile= of a unit names, with the rules of systemd. No shell evaluates them.

const SPACE = /[ \t\r\n]*/y;
const COMMENT = /[#;][^\r\n]*/y;
const NAME = /([^=\r\n]*)(=?)/y;
const BLANK = /[ \t]*/y;
const SINGLE_QUOTED = /'([^']*)'?/y;
const DOUBLE_QUOTED = /"((?:[^"\\]|\\[\s\S])*)"?/y;
const UNQUOTED = /((?:[^\\\r\n]|\\[\s\S])+|\\$)/y;
const VALID_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Removes backslashes, continued lines, and the space at the end that has no backslash. */
function unescaped(text) {
  let value = '';
  let length = 0;
  for (const [character] of text.matchAll(/\\[\s\S]|[\s\S]/g)) {
    const isEscaped = character.length > 1;
    if (!/^\\[\r\n]?$/.test(character)) value += character.slice(isEscaped ? 1 : 0);
    if (isEscaped || !/\s/.test(character)) length = value.length;
  }
  return value.slice(0, length);
}

/** Position in a text. Each call of the returned function consumes a match of its pattern, if the text continues so. */
function scanner(text) {
  let at = 0;
  const take = (pattern) => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) at = pattern.lastIndex;
    return match;
  };
  return { take, isAtEnd: () => at === text.length, line: () => text.slice(0, at).split('\n').length };
}

/** The next piece of a value. Undefined: the value ends. */
function piece(take) {
  take(BLANK);
  const single = take(SINGLE_QUOTED);
  if (single) return single[1];
  const double = take(DOUBLE_QUOTED);
  if (double) return double[1].replaceAll(/\\(["\\`$])|\\\n/g, '$1');
  const rest = take(UNQUOTED);
  return rest ? unescaped(rest[1]) : undefined;
}

/** A value can have several quoted pieces, and ends with an unquoted one. */
function readValue(take) {
  let value = '';
  for (let next = piece(take); next !== undefined; next = piece(take)) value += next;
  return value;
}

/**
 * Parses an environment file as systemd does (systemd.exec(5), EnvironmentFile=). Lines that begin with `#` or `;` are
 * comments. Quoted values may contain line breaks. The last assignment of a name counts.
 * @returns the variables, and the numbers of the lines that are no assignments. systemd ignores these lines as well.
 */
export function parseEnvironmentFile(text) {
  const { take, isAtEnd, line } = scanner(text);
  const variables = {};
  const ignored = [];
  for (take(SPACE); !isAtEnd(); take(SPACE)) {
    if (take(COMMENT)) continue;
    const start = line();
    const [, name, isAssigned] = take(NAME);
    const value = isAssigned ? readValue(take) : undefined;
    if (value !== undefined && VALID_NAME.test(name.trimEnd())) variables[name.trimEnd()] = value;
    else ignored.push(start);
  }
  return { variables, ignored };
}
