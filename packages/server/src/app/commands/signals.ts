import { closeSync, openSync } from 'node:fs';

/** Reactions of a process to signals. */
export interface Reactions {
  /** SIGTERM, SIGINT, or the end of the terminal. Called once. */
  stop(signal: NodeJS.Signals): void;
  /** SIGHUP. */
  reload(): void;
}

/** Time in milliseconds in which a second signal is a copy of the first: a terminal and a parent process signal both. */
const COPY_MS = 1_000;
/** Time in milliseconds in which a start ends by itself after a signal to stop. Every store survives a sudden end. */
const START_MS = 3_000;
const EX_INTERRUPTED = 130;

/**
 * Catches signals from the first moment of a process on, because SIGHUP ends a process that does not catch it. A signal during the start
 * takes effect after it.
 */
class Signals {
  #reactions: Reactions | undefined;
  #stop: NodeJS.Signals | undefined;
  #stopAt = 0;
  #isReloadWanted = false;
  #hasTerminal = false;

  catch(): void {
    this.#hasTerminal = isTerminalOpen();
    process.on('SIGTERM', (signal) => this.#onStop(signal));
    process.on('SIGINT', (signal) => this.#onStop(signal));
    process.on('SIGHUP', (signal) => {
      // The kernel sends this signal also when the terminal is closed.
      if (this.#hasTerminal && !isTerminalOpen()) this.#onStop(signal);
      else this.#onReload();
    });
  }

  /** Sets the reactions after the start, and applies the signals that came before. */
  react(reactions: Reactions): void {
    this.#reactions = reactions;
    if (this.#stop) reactions.stop(this.#stop);
    else if (this.#isReloadWanted) reactions.reload();
  }

  #onStop(signal: NodeJS.Signals): void {
    if (this.#stop) {
      if (performance.now() - this.#stopAt > COPY_MS) process.exit(EX_INTERRUPTED);
      return;
    }
    this.#stop = signal;
    this.#stopAt = performance.now();
    if (this.#reactions) this.#reactions.stop(signal);
    else setTimeout(() => this.#reactions ?? process.exit(0), START_MS).unref();
  }

  #onReload(): void {
    if (this.#stop) return;
    if (this.#reactions) this.#reactions.reload();
    else this.#isReloadWanted = true;
  }
}

/** Signals of the process. */
export const signals = new Signals();

/** Whether the process has a terminal that is not closed (credentials(7), tty(4)). */
function isTerminalOpen(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}
