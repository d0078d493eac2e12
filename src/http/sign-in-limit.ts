import { rateLimited } from '../errors.ts';

const MOST = 30;
const WITHIN_MS = 60_000;

/** Who guesses at credentials gets nowhere: so many wrong ones a minute, of everybody together, and then none are looked at. */
export class SignInLimit {
  #wrong: number[] = [];

  /** @throws ApiError RATE_LIMITED */
  check(): void {
    const now = performance.now();
    this.#wrong = this.#wrong.filter((at) => now - at < WITHIN_MS);
    const [first] = this.#wrong;
    if (first === undefined || this.#wrong.length < MOST) return;
    throw rateLimited('Too many wrong credentials; wait a minute', Math.ceil((first + WITHIN_MS - now) / 1000));
  }

  wrong(): void {
    this.#wrong.push(performance.now());
  }
}
