/** What a handset asks for with a keyword. */
export type Wish = 'OPT_OUT' | 'OPT_IN' | 'HELP';

export interface Keyword {
  /** As the table has it, whatever the spelling that came. */
  keyword: string;
  wish: Wish;
}

/** Keywords that US carriers and the CTIA's Messaging Principles (§5.1.3) expect to be understood. */
export const KEYWORDS: Readonly<Record<Wish, readonly string[]>> = {
  OPT_OUT: ['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT'],
  OPT_IN: ['START', 'UNSTOP'],
  HELP: ['HELP', 'INFO'],
};

const BY_SPELLING = new Map<string, Keyword>(
  (Object.keys(KEYWORDS) as Wish[]).flatMap((wish) => KEYWORDS[wish].map((keyword) => [keyword, { keyword, wish }])),
);
const IN_TWO_WORDS: Readonly<Record<string, string>> = { 'STOP ALL': 'STOPALL', 'OPT OUT': 'OPTOUT' };

/** What may surround a keyword: spaces, punctuation, symbols, marks, and what is not seen. */
const SURROUNDING = /[\p{White_Space}\p{P}\p{S}\p{M}\p{C}]/u;
const BETWEEN_WORDS = /[\p{White_Space}\p{Pd}_]+/gu;
/** A long text is no keyword, and is not looked through for one. */
const LONGEST = 1_600;

/**
 * The keyword that a text is, if it is one: in any case, in any compatibility form (Unicode NFKC), with anything around it
 * that is no letter and no digit. The whole message must be the keyword: "please stop by" asks for nothing.
 */
export function readKeyword(text: string | null): Keyword | undefined {
  if (text === null || text.length > LONGEST) return undefined;
  const word = bare([...text.normalize('NFKC')])
    .toUpperCase()
    .replace(BETWEEN_WORDS, ' ');
  return BY_SPELLING.get(IN_TWO_WORDS[word] ?? word);
}

function bare(characters: readonly string[]): string {
  const within = (character: string) => !SURROUNDING.test(character);
  return characters.slice(characters.findIndex(within), characters.findLastIndex(within) + 1).join('');
}
