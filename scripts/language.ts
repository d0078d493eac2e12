/**
 * Language check (CONTRIBUTING.md). Comments, documents and test titles must contain no term that
 * docs/glossary.md rejects, and no sentence that opens with a pronoun.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';

const ROOT = new URL('..', import.meta.url).pathname;
const SKIPPED = /^(node_modules|\.git|\.ci|dist|data)$/;
/** Generated from the API document, whose texts are checked where the routes define them. */
const GENERATED = ['packages/sdk/src/openapi.ts', 'docs/glossary.md'];

/** Words that must not open a sentence. */
const OPENING = /^(what|whoever|whatever|whichever|who|of|so|it|they|he|she|that|none|nobody|everybody|somebody)\b/i;
/** Demonstratives need a noun: "This process" is fine, "This is" is not. */
const BARE_DEMONSTRATIVE =
  /^(this|these|those)\s+(is|are|was|were|has|have|had|may|must|can|will|would|does|do|who|that|which)\b/i;

interface Text {
  line: number;
  text: string;
}

interface Found {
  line: number;
  problem: string;
}

function rejectedTerms(): RegExp {
  const glossary = readFileSync(join(ROOT, 'docs/glossary.md'), 'utf8');
  const [, table = ''] = glossary.split('## Not used');
  const rows = [...table.matchAll(/^\| (`.*?) \|/gm)].map(([, cell]) => cell as string);
  const terms = rows.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, term]) => term as string));
  return new RegExp(`(?<![\\w-])(?:${terms.toSorted((a, b) => b.length - a.length).join('|')})(?![\\w-])`, 'gi');
}

const REJECTED = rejectedTerms();

/** @returns the text without code, links and quotations, which may contain any word */
function prose(text: string): string {
  return text
    .replaceAll(/```[\s\S]*?```/g, '')
    .replaceAll(/`[^`]*`/g, 'CODE')
    .replaceAll(/“[^”]*”|"[^"\n]*"/g, 'QUOTE')
    .replaceAll(/\]\([^)]*\)/g, ']')
    .replaceAll(/https?:\S+/g, 'URL');
}

function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[.!?])\s+(?=[A-Z@])|\n\s*\n|\n(?=\s*(?:[-*|#]|\d+\.)\s)/)
    .map((sentence) => sentence.replace(/^[\s*|#>-]+/, '').trim())
    .filter((sentence) => sentence !== '');
}

function problemsOf({ line, text }: Text): Found[] {
  const clean = prose(text);
  const terms = [...clean.matchAll(REJECTED)].map(([term]) => ({ line, problem: `rejected term "${term}"` }));
  const openings = sentencesOf(clean)
    .map((sentence) => sentence.replace(/^@(?:returns|throws|param \w+)\s+/, ''))
    .filter((sentence) => OPENING.test(sentence) || BARE_DEMONSTRATIVE.test(sentence))
    .map((sentence) => ({ line, problem: `opens with a pronoun: "${sentence.replaceAll(/\s+/g, ' ').slice(0, 60)}"` }));
  return [...terms, ...openings];
}

function lineAt(source: string, offset: number): number {
  return source.slice(0, offset).split('\n').length;
}

/** @returns all comments, with consecutive line comments as one text */
function commentsOf(path: string, source: string): Text[] {
  const { comments } = parseSync(path, source);
  const texts: (Text & { end: number })[] = [];
  for (const { type, value, start, end } of comments) {
    const text = value.replaceAll(/^\s*\*+ ?/gm, '').trim();
    if (/^(biome-ignore|@ts-|@module-tag)/.test(text)) continue;
    const last = texts.at(-1);
    if (
      type === 'Line' &&
      last &&
      /^\s*$/.test(source.slice(last.end, start)) &&
      !source.slice(last.end, start).includes('\n\n')
    ) {
      last.text += `\n${text}`;
      last.end = end;
    } else texts.push({ line: lineAt(source, start), text, end });
  }
  return texts;
}

interface Node {
  type: string;
  start: number;
  [key: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;

function childrenOf(node: Node): Node[] {
  return Object.values(node).flat().filter(isNode);
}

/** @returns the name at the root of a callee: `test` of `test.each(table)` */
function rootOf(callee: unknown): string | undefined {
  if (!isNode(callee)) return undefined;
  if (callee.type === 'Identifier') return callee['name'] as string;
  return rootOf(callee['object'] ?? callee['callee']);
}

function titleOf(call: Node): string | undefined {
  if (call.type !== 'CallExpression' || !/^(describe|test|it)$/.test(rootOf(call['callee']) ?? '')) return undefined;
  const [title] = call['arguments'] as Node[];
  if (title?.type === 'Literal') return String(title['value']);
  if (title?.type !== 'TemplateLiteral') return undefined;
  const quasis = title['quasis'] as { value: { raw: string } }[];
  return quasis.map(({ value }) => value.raw).join('VALUE');
}

function titlesOf(path: string, source: string): Text[] {
  const titles: Text[] = [];
  const pending: Node[] = [parseSync(path, source).program as unknown as Node];
  for (let node = pending.pop(); node; node = pending.pop()) {
    const title = titleOf(node);
    if (title !== undefined) {
      titles.push({ line: lineAt(source, node.start), text: title.replaceAll(/%\w|\$\w+/g, 'VALUE') });
    }
    pending.push(...childrenOf(node));
  }
  return titles;
}

/** @param path its extension selects the parser: Markdown, or TypeScript with comments and test titles */
function problemsIn(path: string, source: string): Found[] {
  if (path.endsWith('.md')) {
    const blocks = source.replaceAll(/```[\s\S]*?```/g, (code) => code.replaceAll(/[^\n]/g, ''));
    return blocks.split('\n\n').reduce<{ line: number; found: Found[] }>(
      ({ line, found }, text) => ({
        line: line + text.split('\n').length + 1,
        found: [...found, ...problemsOf({ line, text })],
      }),
      { line: 1, found: [] },
    ).found;
  }
  const titles = /\.test\.tsx?$/.test(path) ? titlesOf(path, source) : [];
  return [...commentsOf(path, source), ...titles].flatMap(problemsOf);
}

function files(directory = ''): string[] {
  return readdirSync(join(ROOT, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (SKIPPED.test(entry.name) || GENERATED.includes(path)) return [];
    if (entry.isDirectory()) return files(path);
    return /\.(tsx?|mjs|md)$/.test(entry.name) ? [path] : [];
  });
}

/** @returns one line for each problem in files whose path begins with one of the prefixes */
export function languageReport(prefixes: readonly string[] = ['']): string[] {
  const checked = files().filter((path) => prefixes.some((prefix) => path.startsWith(prefix)));
  return checked.flatMap((path) => {
    const problems = problemsIn(path, readFileSync(join(ROOT, path), 'utf8'));
    return problems.map(({ line, problem }) => `${path}:${line}: ${problem}`);
  });
}

if (import.meta.main) {
  const [first = '', ...others] = process.argv.slice(2);
  for (const line of languageReport([first, ...others])) process.stdout.write(`${line}\n`);
}
