import { InvalidArgumentError, Option } from 'commander';
import type { MediaInput } from '../sdk.ts';

const FIELDS = ['storageKey', 'mimeType', 'byteLength', 'sourceUrl', 'fileName'];
/** Beginning of a list of fields. Another text is a path or a URL. `./` makes any name a path. */
const IS_FIELDS = new RegExp(`^(${FIELDS.join('|')})=`);
/** Largest number of files of a message. */
const MAX_FILES = 10;

/** Option with a file, a URL, or the fields of a stored file. */
export function mediaOption(): Option {
  const description = `File or http(s) URL of an MMS (up to ${MAX_FILES}, repeatable), or the fields of a stored file`;
  return new Option('--media <file>', `${description}: storageKey=…,mimeType=…,byteLength=…`).argParser(collect);
}

function collect(text: string, before: MediaInput[] = []): MediaInput[] {
  if (before.length === MAX_FILES) throw new InvalidArgumentError(`A message has at most ${MAX_FILES} files.`);
  return [...before, medium(text)];
}

function medium(text: string): MediaInput {
  if (IS_FIELDS.test(text)) return storedFile(text);
  if (!/^https?:/i.test(text)) return text;
  if (URL.canParse(text)) return new URL(text);
  throw new InvalidArgumentError('Use a valid URL, such as https://example.com/photo.jpg.');
}

function storedFile(text: string): MediaInput {
  const pairs = text.split(',').map((part) => {
    const [name = '', ...value] = part.split('=');
    return [name.trim(), value.join('=')] as const;
  });
  const unknown = pairs.find(([name]) => !FIELDS.includes(name));
  if (unknown) throw new InvalidArgumentError(`Allowed fields: ${FIELDS.join(', ')}.`);
  const { storageKey, mimeType, byteLength, sourceUrl, fileName } = Object.fromEntries(pairs);
  if (!storageKey || !mimeType || !byteLength || !/^\d+$/.test(byteLength)) {
    throw new InvalidArgumentError('storageKey, mimeType and byteLength (a number) are required.');
  }
  const more = { ...(sourceUrl === undefined ? {} : { sourceUrl }), ...(fileName === undefined ? {} : { fileName }) };
  return { storageKey, mimeType, byteLength: Number(byteLength), ...more };
}
