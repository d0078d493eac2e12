/** Checks the documentation: links have a target (file and heading), JSON is valid, all settings and error codes are described. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Slugger from 'github-slugger';
import { LOG_EVENTS } from '../packages/server/src/platform/log-events.ts';
import { moduleTable } from './modules.ts';

const ROOT = new URL('..', import.meta.url).pathname;

function pages(directory = ROOT): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    if (/^(node_modules|\.git|data)$/.test(entry.name)) return [];
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return pages(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

/** @returns the anchors of a page, as GitHub creates them from its headings */
function anchorsOf(page: string): Set<string> {
  const slugger = new Slugger();
  const text = readFileSync(page, 'utf8').replaceAll(/^```[\s\S]*?^```/gm, '');
  const headings = [...text.matchAll(/^#{1,6} +(.+?) *$/gm)].map(([, title = '']) => title);
  return new Set(headings.map((title) => slugger.slug(title.replaceAll(/\]\([^)]*\)/g, ']'))));
}

function brokenLinks(page: string, text: string): string[] {
  const links = [...text.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)/g)].map(([, link]) => link as string);
  return links.flatMap((link) => {
    const [path, anchor] = link.split('#') as [string, string?];
    const target = path === '' ? page : join(dirname(page), path);
    if (!existsSync(target)) return [`${page}: the target of the link to ${link} does not exist`];
    if (!anchor || !target.endsWith('.md') || anchorsOf(target).has(anchor)) return [];
    return [`${page}: no heading has the anchor of the link to ${link}`];
  });
}

function brokenJson(page: string, text: string): string[] {
  return [...text.matchAll(/```json\n([\s\S]*?)```/g)].flatMap(([, block = '']) => {
    try {
      JSON.parse(block);
      return [];
    } catch (error) {
      return [`${page}: ${(error as Error).message} in\n${block}`];
    }
  });
}

/** Checks that `.env.example` has exactly the variables that config.ts reads. */
function settings(): string[] {
  const read = new Set(
    readFileSync(join(ROOT, 'packages/server/src/platform/config.ts'), 'utf8').match(
      /'(HOST|PORT|DATABASE_URL|RC_[A-Z_]+)'/g,
    ),
  );
  const names = new Set([...read].map((name) => name.slice(1, -1)));
  const example = readFileSync(join(ROOT, '.env.example'), 'utf8');
  const described = new Set([...example.matchAll(/^#? ?([A-Z_]+)=/gm)].map(([, name]) => name as string));
  return [
    ...[...names].filter((name) => !described.has(name)).map((name) => `.env.example lacks ${name}`),
    ...[...described].filter((name) => !names.has(name)).map((name) => `.env.example has ${name}, which is not read`),
  ];
}

/** Compares the table of log events in the runbook with LOG_EVENTS. */
function logEvents(): string[] {
  const page = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
  const rows = Object.entries(LOG_EVENTS).map(([event, meaning]) => `| \`${event}\` | ${meaning} |\n`);
  const table = `\n| event | meaning |\n| --- | --- |\n${rows.join('')}\n`;
  return page.includes(table)
    ? []
    : ['docs/operations.md: the table of log events differs from packages/server/src/platform/log-events.ts'];
}

/** Compares the table of modules in ARCHITECTURE.md with MODULES. */
function modules(): string[] {
  const page = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8');
  return page.includes(`\n${moduleTable()}\n`)
    ? []
    : [`ARCHITECTURE.md: the table of modules must be\n${moduleTable()}`];
}

/** Checks that docs/errors.md has an entry for each error code. */
function errorCodes(): string[] {
  const documented = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8');
  const server = join(ROOT, 'packages/server/src');
  const sources = readdirSync(server, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /(?<!test)\.ts$/.test(file),
  );
  const codes = new Set(
    sources.flatMap((file) =>
      [...readFileSync(join(server, file), 'utf8').matchAll(/(?:code: |refusal\(\w+, |ApiError\(\s*)'([A-Z_]+)'/g)].map(
        ([, code]) => code as string,
      ),
    ),
  );
  return [...codes].filter((code) => !documented.includes(`\`${code}\``)).map((code) => `docs/errors.md lacks ${code}`);
}

export function docsProblems(): string[] {
  const perPage = pages().flatMap((page) => {
    const text = readFileSync(page, 'utf8');
    return [...brokenLinks(page, text), ...brokenJson(page, text)];
  });
  return [...perPage, ...settings(), ...errorCodes(), ...logEvents(), ...modules()];
}
