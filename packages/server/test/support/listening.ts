import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Line of the log of a server that listens. */
export interface Listening {
  url: string;
  /** Process of the server, which may be a descendant of the started one. */
  pid: number;
}

/** Resolves when a started server listens. @throws with the output of the process if it ends before. */
export function untilListening(child: ChildProcess): Promise<Listening> {
  let output = '';
  child.stderr?.on('data', (chunk) => {
    output += chunk;
  });
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      output += `${line}\n`;
      if (line.includes('"event":"listening"')) resolve(JSON.parse(line));
    });
    child.on('error', reject);
    // The event `close`, not `exit`, because only `close` comes after the complete output.
    child.on('close', (code) => reject(new Error(`ended with ${code} before it listened: ${output}`)));
  });
}
