// PGlite in a thread of its own, so that a long statement never stops the event loop that answers HTTP.
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import type { Answer, Question } from './embedded.ts';
import { Statements } from './statements.ts';

if (!parentPort) throw new Error('embedded-worker.ts runs as a worker thread only');
const port = parentPort;

/**
 * Nobody gathers statistics here and the tables grow from nothing, so a plan must not depend on their size: every join
 * and look-up of the rooms goes through an index, and is planned once.
 */
const SETTINGS = `
  set enable_seqscan = off; set enable_bitmapscan = off; set enable_hashjoin = off; set enable_mergejoin = off;
  set plan_cache_mode = force_generic_plan; set timezone = 'UTC'`;

const pglite = await PGlite.create({ dataDir: workerData.directory });
await pglite.exec(SETTINGS);
const statements = new Statements(pglite);
let last: Promise<void> = Promise.resolve();

async function carryOut({ sql, params }: Question): Promise<object[]> {
  if (params) return statements.run(sql, params);
  const results = await pglite.exec(sql);
  return (results.at(-1)?.rows ?? []) as object[];
}

function refusal(error: unknown) {
  const { message, code, detail, constraint } = error as Record<string, string | undefined>;
  return { message: message ?? String(error), code, detail, constraint };
}

port.on('message', (question: Question | 'close') => {
  last = last.then(async () => {
    if (question === 'close') {
      await pglite.close();
      port.close();
      return;
    }
    const answer: Answer = await carryOut(question).then(
      (rows) => ({ id: question.id, rows }),
      (error) => ({ id: question.id, error: refusal(error) }),
    );
    port.postMessage(answer);
  });
});
port.postMessage('ready');
