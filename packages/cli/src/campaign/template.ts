import { UsageError } from '../exit.ts';

/** Text with column placeholders, such as `{name}`. `{{` and `}}` stand for the braces themselves. */
export interface Template {
  columns: readonly string[];
  fill(row: Readonly<Record<string, string>>): string;
}

const TOKEN = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g;

/** @throws UsageError for an unmatched brace */
export function readTemplate(text: string): Template {
  const columns: string[] = [];
  for (const [token, column] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '}') {
      throw new UsageError(
        `Unmatched ${token} in the text. Write ${token}${token} for the character, or {column} for a column.`,
      );
    }
    if (column !== undefined) columns.push(column);
  }
  return { columns, fill: (row) => text.replace(TOKEN, (token, column?: string) => filled(row, token, column)) };
}

function filled(row: Readonly<Record<string, string>>, token: string, column: string | undefined): string {
  return column === undefined ? token.charAt(0) : (row[column] ?? '');
}
