/** Keyword action that a handset requests. */
export type KeywordAction = 'OPT_OUT' | 'OPT_IN' | 'HELP';

export interface Keyword {
  /** Normalised spelling, as in `KEYWORDS`. */
  keyword: string;
  action: KeywordAction;
}

/** Keywords expected by US carriers and the CTIA's Messaging Principles (§5.1.3). */
export const KEYWORDS: Readonly<Record<KeywordAction, readonly string[]>> = {
  OPT_OUT: ['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT'],
  OPT_IN: ['START', 'UNSTOP'],
  HELP: ['HELP', 'INFO'],
};

/** `optOutType` of a message, as clients receive it. */
export type OptOutType = 'STOP' | 'START' | 'HELP';
export const OPT_OUT_TYPE: Readonly<Record<KeywordAction, OptOutType>> = {
  OPT_OUT: 'STOP',
  OPT_IN: 'START',
  HELP: 'HELP',
};

const IN_TWO_WORDS: Readonly<Record<string, string>> = { 'STOP ALL': 'STOPALL', 'OPT OUT': 'OPTOUT' };

/** Words that may accompany a keyword without changing its meaning. Accents are removed before the comparison. */
const COURTESY = [
  ...['PLEASE', 'PLS', 'PLZ', 'KINDLY'],
  ...['THANKS', 'THX', 'THANKYOU', 'THANK YOU', 'THANK U', 'MANY THANKS', 'THANKS A LOT', 'THANKS SO MUCH'],
  ...['THANK YOU SO MUCH', 'THANK YOU VERY MUCH'],
  ...['SVP', 'STP', 'S IL VOUS PLAIT', 'SIL VOUS PLAIT', 'S IL TE PLAIT', 'SIL TE PLAIT', 'MERCI', 'MERCI BEAUCOUP'],
  ...['POR FAVOR', 'GRACIAS', 'MUCHAS GRACIAS'],
];

type Phrase = Keyword | 'COURTESY';

const PHRASES: ReadonlyMap<string, Phrase> = new Map<string, Phrase>([
  ...(Object.keys(KEYWORDS) as KeywordAction[]).flatMap((action) =>
    KEYWORDS[action].map((keyword): [string, Phrase] => [keyword, { keyword, action }]),
  ),
  ...Object.entries(IN_TWO_WORDS).map(([words, keyword]): [string, Phrase] => [words, { keyword, action: 'OPT_OUT' }]),
  ...COURTESY.map((words): [string, Phrase] => [words, 'COURTESY']),
]);
const MOST_WORDS = Math.max(...[...PHRASES.keys()].map((phrase) => phrase.split(' ').length));

/** Calling code of the North American Numbering Plan. The code does not distinguish Canada from the USA. */
const NORTH_AMERICA = '+1';
/**
 * French keyword, which Canadian carriers expect (CWTA, Common Short Code guidelines). Elsewhere ARRET is an ordinary
 * word.
 */
const NORTH_AMERICAN_PHRASES: ReadonlyMap<string, Phrase> = new Map([
  ['ARRET', { keyword: 'ARRET', action: 'OPT_OUT' }],
]);

/** Maximum length of a text that is searched. A longer text is no keyword. */
const LONGEST = 1_600;

/**
 * Finds the keyword of a text. The whole message must be one keyword, possibly repeated. Only courtesy words,
 * punctuation, symbols and spaces may surround it. "please stop by" is no keyword, nor is a message with two different
 * keyword actions. Case, accents and compatibility forms (Unicode NFKC) do not matter.
 * @param from E.164 number of the handset, for keywords of one region only.
 */
export function readKeyword(text: string | null, from = ''): Keyword | undefined {
  if (text === null || text.length > LONGEST) return undefined;
  const words = wordsOf(text);
  let found: Keyword | undefined;
  for (let at = 0; at < words.length; ) {
    const [phrase, length] = phraseAt(words, at, from);
    if (phrase === undefined) return undefined;
    at += length;
    if (phrase === 'COURTESY') continue;
    if (found && found.action !== phrase.action) return undefined;
    found ??= phrase;
  }
  return found;
}

/** The longest phrase that begins with the word at `at`. */
function phraseAt(words: readonly string[], at: number, from: string): [phrase: Phrase | undefined, length: number] {
  for (let length = MOST_WORDS; length > 0; length -= 1) {
    const spelling = words.slice(at, at + length).join(' ');
    const phrase = PHRASES.get(spelling) ?? (isNorthAmerican(from) ? NORTH_AMERICAN_PHRASES.get(spelling) : undefined);
    if (phrase) return [phrase, length];
  }
  return [undefined, 0];
}

const isNorthAmerican = (from: string) => from.startsWith(NORTH_AMERICA);

/** Combining marks are accents, and also parts of emoji. Invisible characters may stand within a word. */
const UNSPOKEN = /[\p{M}\p{Default_Ignorable_Code_Point}]/gu;
const BETWEEN_WORDS = /[^\p{L}\p{N}]+/u;

function wordsOf(text: string): string[] {
  const plain = text.normalize('NFKC').toUpperCase().normalize('NFD').replace(UNSPOKEN, '');
  return plain.split(BETWEEN_WORDS).filter((word) => word !== '');
}
