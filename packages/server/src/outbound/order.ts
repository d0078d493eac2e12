/** Steps that messages to one recipient begin in order. */
export type Stage = 'pace' | 'submit';

/**
 * Order of the messages between each sender and recipient, from their dispatch to the call of their submit. A message
 * that needs a lookup in the store would otherwise be overtaken by a later one whose lookup is cached or faster.
 */
export class RecipientOrder {
  readonly #last = new Map<string, RecipientTicket>();

  /** Adds a message behind all earlier ones with the same key. Call `leave` when it has ended. */
  enter(key: string): RecipientTicket {
    const place: RecipientTicket = new RecipientTicket(this.#last.get(key), () => {
      if (this.#last.get(key) === place) this.#last.delete(key);
    });
    this.#last.set(key, place);
    return place;
  }
}

/** Place of one message. */
export class RecipientTicket {
  #before: RecipientTicket | undefined;
  readonly #onLeave: () => void;
  readonly #passed = { pace: Promise.withResolvers<void>(), submit: Promise.withResolvers<void>() };

  constructor(before: RecipientTicket | undefined, onLeave: () => void) {
    this.#before = before;
    this.#onLeave = onLeave;
  }

  /** Resolves when every earlier message has passed the stage or left. */
  async turn(stage: Stage): Promise<void> {
    await this.#earlier(stage);
  }

  /** Lets the next message begin the stage. Call it after `turn`. */
  pass(stage: Stage): void {
    this.#passed[stage].resolve();
  }

  /** Ends the place. The next message then waits for the earlier messages only. */
  leave(): void {
    for (const stage of ['pace', 'submit'] as const) this.#passed[stage].resolve(this.#earlier(stage));
    this.#before = undefined;
    this.#onLeave();
  }

  #earlier(stage: Stage): Promise<void> | undefined {
    if (this.#before === undefined) return undefined;
    return this.#before.#passed[stage].promise;
  }
}
