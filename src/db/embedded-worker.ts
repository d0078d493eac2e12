// PGlite in a thread of its own, so that a long statement never stops the event loop that answers HTTP.
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import type { Answer, Question } from './embedded.ts';
import { asStatements, SESSION } from './session.ts';
import { Statements } from './statements.ts';

if (!parentPort) throw new Error('embedded-worker.ts runs as a worker thread only');
const port = parentPort;

const pglite = await PGlite.create({ dataDir: workerData.directory });
await pglite.exec(asStatements(SESSION));
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
