import type { PreviewedText } from '../../api/types.ts';

/** Most characters and positions that are listed. */
const MOST_CHARACTERS = 8;
const MOST_POSITIONS = 3;

interface Listed {
  character: string;
  /** Code point, such as U+201C, because some characters are invisible. */
  name: string;
  /** Positions in the text, from 1. */
  positions: string;
}

/** Groups the characters of a text that need UCS-2. @returns the first of them, and how many are not listed. */
export function charactersOf(nonGsm: PreviewedText['nonGsm']): { shown: Listed[]; more: number } {
  const groups = [...Map.groupBy(nonGsm, ({ character }) => character)];
  const shown = groups.slice(0, MOST_CHARACTERS).map(([character, places]) => ({
    character,
    name: codePointOf(character),
    positions: positionsOf(places.map(({ index }) => index + 1)),
  }));
  return { shown, more: groups.length - shown.length };
}

const codePointOf = (character: string) =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

function positionsOf(positions: readonly number[]): string {
  const listed = positions.slice(0, MOST_POSITIONS).join(', ');
  return positions.length > MOST_POSITIONS ? `${listed}, …` : listed;
}
