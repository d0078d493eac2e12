import { messages, type PGlite, parse, protocol, types } from '@electric-sql/pglite';
import { endsSession } from './unavailable.ts';

const { serialize } = protocol;
type Message = Parameters<typeof parse.parseResults>[0][number];

interface Prepared {
  name: string;
  parameterTypes: number[];
  row: messages.RowDescriptionMessage | undefined;
}

/** Messages that end the response to an executed statement. */
const DONE = new Set<string>(['commandComplete', 'emptyQuery', 'parseComplete']);

/**
 * Prepared statements over the wire protocol of PGlite. Each text is parsed and planned once, and each later execution
 * takes one exchange. PGlite's own `query` parses, describes and plans every time, which took most of the time of a
 * short statement (docs/adr/0004).
 */
export class Statements {
  readonly #pglite: PGlite;
  readonly #onCrash: (error: Error) => void;
  readonly #parser = new protocol.Parser();
  readonly #prepared = new Map<string, Prepared>();

  /**
   * @param onCrash called as soon as PGlite reports the end of the session, while PGlite is still running. Must end the
   *   thread. Otherwise PGlite continues with a backend that waits for its own locks, and may never return.
   */
  constructor(pglite: PGlite, onCrash: (error: Error) => void) {
    this.#pglite = pglite;
    this.#onCrash = onCrash;
  }

  /** @throws the error of the backend, with its SQLSTATE in `code`. */
  async run(sql: string, params: readonly unknown[]): Promise<object[]> {
    const { name, parameterTypes, row } = this.#prepared.get(sql) ?? (await this.#prepare(sql));
    const values = params.map((value, i) => this.#serialized(value, parameterTypes[i] ?? types.TEXT));
    const messages = await this.#exchange(
      serialize.bind({ statement: name, values }),
      serialize.execute({}),
      serialize.sync(),
    );
    return this.#rows(row ? [row, ...messages] : messages);
  }

  /** Executes several statements without parameters. @returns rows of the last one. @throws as `run` does. */
  async runAll(sql: string): Promise<object[]> {
    return this.#rows(await this.#exchange(serialize.query(sql)));
  }

  async #prepare(sql: string): Promise<Prepared> {
    const name = `rc${this.#prepared.size + 1}`;
    const messages = await this.#exchange(
      serialize.parse({ name, text: sql }),
      serialize.describe({ type: 'S', name }),
      serialize.sync(),
    );
    const row = messages.find(
      (message): message is messages.RowDescriptionMessage => message.name === 'rowDescription',
    );
    const prepared = { name, parameterTypes: parse.parseDescribeStatementResults(messages), row };
    this.#prepared.set(sql, prepared);
    return prepared;
  }

  async #exchange(...parts: Uint8Array[]): Promise<Message[]> {
    const answer: Message[] = [];
    let error: messages.DatabaseError | undefined;
    const take = (message: Message) => {
      if (!(message instanceof messages.DatabaseError)) return void answer.push(message);
      error ??= message;
      if (endsSession(message)) this.#onCrash(message);
    };
    const onRawData = (data: Uint8Array) => this.#parser.parse(data, take);
    await this.#pglite.execProtocolRawStream(Buffer.concat(parts), { onRawData });
    if (error) throw error;
    // PGlite swallows traps of WebAssembly.
    if (!answer.some(({ name }) => DONE.has(name))) this.#onCrash(new Error('PGlite did not execute a statement'));
    return answer;
  }

  #rows(answer: Message[]): object[] {
    return (parse.parseResults(answer, this.#pglite.parsers).at(-1)?.rows ?? []) as object[];
  }

  #serialized(value: unknown, type: number): string | null {
    if (value === null || value === undefined) return null;
    return (this.#pglite.serializers[type] ?? String)(value);
  }
}
