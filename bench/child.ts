import { type ChildProcess, type ForkOptions, fork } from 'node:child_process';
import { once } from 'node:events';
import { endWithUs } from './leftovers.ts';

/** A process of the benchmark's own files: it says something once it is ready, and answers each message with one. */
export interface Child<Told> extends AsyncDisposable {
  pid: number;
  /** What it said when it was ready. */
  told: Told;
  /** One question at a time. @throws when it ends before it answers. */
  ask<Answer>(question: unknown): Promise<Answer>;
  /** @param signal what it is asked with. Resolves when it is gone. */
  end(signal?: NodeJS.Signals): Promise<void>;
}

/** @param file relative to `bench/`. Ended by `end`, by leaving the scope of `await using`, and with this process. */
export async function startChild<Told>(
  file: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Child<Told>> {
  // Structured clones, since lists of half a million ids take long as JSON.
  const options: ForkOptions = { env: { ...process.env, ...env }, stdio: 'inherit', serialization: 'advanced' };
  const child = fork(new URL(file, import.meta.url), args, options);
  endWithUs(() => child.kill('SIGKILL'));
  const end = (signal: NodeJS.Signals = 'SIGTERM') => ended(child, signal);
  return {
    pid: child.pid ?? 0,
    told: await answerOf<Told>(child, file),
    ask<Answer>(question: unknown) {
      const answer = answerOf<Answer>(child, file);
      child.send(question as object);
      return answer;
    },
    end,
    [Symbol.asyncDispose]: () => end(),
  };
}

function answerOf<Answer>(child: ChildProcess, file: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null, signal: string | null) =>
      reject(new Error(`${file} ended without an answer (${signal ?? code})`));
    child.once('exit', onExit);
    child.once('message', (message) => {
      child.off('exit', onExit);
      resolve(message as Answer);
    });
  });
}

/** Asks, and insists after a while. */
export async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  const insist = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await gone;
  clearTimeout(insist);
}
