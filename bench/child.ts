import { type ChildProcess, type ForkOptions, fork } from 'node:child_process';
import { once } from 'node:events';
import { endWithUs } from './leftovers.ts';

/** Child process of the benchmark. Sends one message when it is ready, and one response to each message. */
export interface Child<Ready> extends AsyncDisposable {
  pid: number;
  /** Message that the process sent when it was ready. */
  ready: Ready;
  /** Only one question at a time. @throws when the process ends before it responds. */
  ask<Answer>(question: unknown): Promise<Answer>;
  /** Resolves when the process has ended. @param signal the first signal to send */
  end(signal?: NodeJS.Signals): Promise<void>;
}

/** Ended by `end`, at the end of the scope of `await using`, and with this process. @param file relative to `bench/` */
export async function startChild<Ready>(
  file: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Child<Ready>> {
  // Structured clone, because lists of half a million ids are slow as JSON.
  const options: ForkOptions = { env: { ...process.env, ...env }, stdio: 'inherit', serialization: 'advanced' };
  const child = fork(new URL(file, import.meta.url), args, options);
  endWithUs(() => child.kill('SIGKILL'));
  const end = (signal: NodeJS.Signals = 'SIGTERM') => ended(child, signal);
  return {
    pid: child.pid ?? 0,
    ready: await answerOf<Ready>(child, file),
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
      reject(new Error(`${file} ended without a response (${signal ?? code})`));
    child.once('exit', onExit);
    child.once('message', (message) => {
      child.off('exit', onExit);
      resolve(message as Answer);
    });
  });
}

/** Sends the signal, and SIGKILL after 10 s. */
export async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  const insist = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await gone;
  clearTimeout(insist);
}
