import { type messages, type PGlite, parse, protocol, types } from '@electric-sql/pglite';

const { serialize } = protocol;

interface Prepared {
  name: string;
  parameterTypes: number[];
  row: messages.RowDescriptionMessage | undefined;
}

/**
 * Prepared statements over PGlite's wire protocol: each text is parsed and planned once, and then costs one exchange.
 * PGlite's own `query` parses, describes and plans every time, which took most of the time of a short statement
 * (docs/adr/0004).
 */
export class Statements {
  readonly #pglite: PGlite;
  readonly #prepared = new Map<string, Prepared>();

  constructor(pglite: PGlite) {
    this.#pglite = pglite;
  }

  /** @throws the backend's error, with its SQLSTATE in `code`. */
  async run(sql: string, params: readonly unknown[]): Promise<object[]> {
    const { name, parameterTypes, row } = this.#prepared.get(sql) ?? (await this.#prepare(sql));
    const values = params.map((value, i) => this.#serialized(value, parameterTypes[i] ?? types.TEXT));
    const messages = await this.#exchange(
      serialize.bind({ statement: name, values }),
      serialize.execute({}),
      serialize.sync(),
    );
    const results = parse.parseResults(row ? [row, ...messages] : messages, this.#pglite.parsers);
    return (results[0]?.rows ?? []) as object[];
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

  async #exchange(...parts: Uint8Array[]) {
    const { messages } = await this.#pglite.execProtocol(Buffer.concat(parts), { throwOnError: true });
    return messages;
  }

  #serialized(value: unknown, type: number): string | null {
    if (value === null || value === undefined) return null;
    return (this.#pglite.serializers[type] ?? String)(value);
  }
}
