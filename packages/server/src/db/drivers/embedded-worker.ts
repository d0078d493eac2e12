// PGlite in a separate thread, so that a long statement never blocks the event loop that serves HTTP.
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { fillFromArchive, isEmpty } from './new-store.ts';
import { asStatements, SESSION } from './session.ts';
import { Statements } from './statements.ts';
import type { Answer, Opening, Question } from './thread.ts';
import type { StoreError } from './unavailable.ts';

if (!parentPort) throw new Error('embedded-worker.ts runs as a worker thread only');
const port = parentPort;

/**
 * PGlite's default of 128 MiB is written at each start: it takes a third of the time to open the store, and memory that
 * one process does not need, because the operating system caches the same files.
 */
const BUFFERS = ['-c', 'shared_buffers=32MB'];

const { directory, isNew }: Opening = workerData;
if (!isNew && isEmpty(directory)) throw new Error('its files have disappeared');
const isFilled = isNew && (await fillFromArchive(directory));
const pglite = await PGlite.create({
  dataDir: directory,
  startParams: [...PGlite.defaultStartParams, ...BUFFERS],
});
const statements = new Statements(pglite, crash);
await statements.runAll(asStatements(SESSION));
if (isFilled) await statements.runAll('update schema_migrations set applied_at = now()');
let last: Promise<void> = Promise.resolve();
let underWay = 0;

/** Ends this thread, even from within the code of PGlite. */
function crash(error: Error): never {
  port.postMessage({ id: underWay, error: refusal(error), crashed: true } satisfies Answer);
  process.exit(1);
}

function carryOut({ id, sql, params }: Question): Promise<object[]> {
  underWay = id;
  return params ? statements.run(sql, params) : statements.runAll(sql);
}

function refusal(error: unknown): NonNullable<Answer['error']> {
  const { message, code, severity, detail, constraint } = error as StoreError & Record<string, string | undefined>;
  return { message: message ?? String(error), code, severity, detail, constraint };
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
