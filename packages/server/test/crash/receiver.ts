import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { endWithUs } from '../../../../bench/leftovers.ts';
import type { ReceiverSetup } from './receiver-process.ts';

/** Test side of the endpoint of the customer. */
export class Receiver {
  readonly #child: ChildProcess;
  url = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    endWithUs(() => child.kill('SIGKILL'));
  }

  static async start(setup: ReceiverSetup): Promise<Receiver> {
    const receiver = new Receiver(fork(new URL('./receiver-process.ts', import.meta.url), { stdio: 'inherit' }));
    const { url } = await receiver.#tell(setup);
    receiver.url = url;
    return receiver;
  }

  async knows(secrets: Record<string, string>): Promise<void> {
    await this.#tell({ secrets });
  }

  async end(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await gone;
  }

  async #tell(what: Partial<ReceiverSetup>): Promise<{ url: string }> {
    const answer = once(this.#child, 'message');
    this.#child.send(what);
    const [setup] = await answer;
    return setup as { url: string };
  }
}
