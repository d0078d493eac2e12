import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { vi } from 'vitest';
import { Program } from './program.ts';

const run = promisify(execFile);

/** A PDU as decoded by Wireshark's dissector. */
export interface Dissected {
  command: string;
  /** Whether the PDU goes to the SMSC. */
  ours: boolean;
  text: string;
}

/** command_id (SMPP 3.4, §5.1.2.1). Repeated here, because the table of the connector is under test. */
const COMMANDS: Record<string, string> = {
  '00000001': 'bind_receiver',
  '00000002': 'bind_transmitter',
  '00000004': 'submit_sm',
  '00000005': 'deliver_sm',
  '00000006': 'unbind',
  '00000009': 'bind_transceiver',
  '00000015': 'enquire_link',
  '80000000': 'generic_nack',
  '80000001': 'bind_receiver_resp',
  '80000002': 'bind_transmitter_resp',
  '80000004': 'submit_sm_resp',
  '80000005': 'deliver_sm_resp',
  '80000006': 'unbind_resp',
  '80000009': 'bind_transceiver_resp',
  '80000015': 'enquire_link_resp',
};
/** Length and command of PDUs that consist of a header only. */
export const HEADS = {
  enquire_link: '0000001000000015',
  generic_nack: '0000001080000000',
  unbind_resp: '0000001080000006',
} as const;

/** Captures the traffic to and from a local port. */
export class Capture {
  readonly #dumpcap: Program;
  readonly #port: number;
  readonly #file: string;

  private constructor(dumpcap: Program, port: number, file: string) {
    this.#dumpcap = dumpcap;
    this.#port = port;
    this.#file = file;
  }

  static async start(port: number, file: string): Promise<Capture> {
    const args = ['-q', '-i', 'lo', '-f', `tcp port ${port}`, '-w', file];
    const dumpcap = new Program('dumpcap', args);
    // `dumpcap` prints this line when the interface is open and the filter is set.
    await dumpcap.until((line) => line.startsWith('File: '));
    return new Capture(dumpcap, port, file);
  }

  /** Waits until the capture contains these bytes (hexadecimal) `count` times. */
  async until(bytes: string, count = 1): Promise<void> {
    const wanted = Buffer.from(bytes, 'hex').toString('latin1');
    await vi.waitFor(
      async () => {
        const found = (await readFile(this.#file, 'latin1')).split(wanted).length - 1;
        if (found < count) throw new Error(`${found} of ${count} ${bytes} are in the capture`);
      },
      { timeout: 10_000, interval: 20 },
    );
  }

  async stop(): Promise<void> {
    if (this.#dumpcap.running) await this.#dumpcap.end('SIGINT');
  }

  async pdus(): Promise<Dissected[]> {
    const fields = ['tcp.dstport', 'smpp.command_id', 'smpp.message_text'].flatMap((field) => ['-e', field]);
    const out = await this.#tshark('smpp', ['-T', 'fields', '-E', 'aggregator=|', ...fields]);
    return out.flatMap((line) => {
      const [to, ids = '', texts = ''] = line.split('\t');
      const text = texts.split('|');
      return ids.split('|').map((id) => {
        const command = COMMANDS[id.replace('0x', '')] ?? id;
        const hasText = command === 'submit_sm' || command === 'deliver_sm';
        return { command, ours: Number(to) === this.#port, text: hasText ? (text.shift() ?? '') : '' };
      });
    });
  }

  /** All values of a field of the submits, as the dissector writes them. */
  async values(field: string): Promise<string[]> {
    const out = await this.#tshark('smpp.command_id == 4', ['-T', 'fields', '-E', 'aggregator=|', '-e', field]);
    return out.flatMap((line) => line.split('|'));
  }

  /** Frames that the dissector reports as malformed, in error or not SMPP, each with the reason. */
  async wrong(of: 'everybody' | 'ours' = 'everybody'): Promise<string[]> {
    const to = of === 'ours' ? ` && tcp.dstport == ${this.#port}` : '';
    const fields = ['-T', 'fields', '-e', 'frame.number', '-e', '_ws.col.Info', '-e', '_ws.expert.message'];
    // The dissector skips a PDU with an unknown command without a report, and reads retransmitted segments only once.
    const strange =
      '(tcp.len > 0 && !smpp && !tcp.reassembled_in && !tcp.analysis.retransmission && !tcp.analysis.spurious_retransmission)';
    return this.#tshark(`(_ws.malformed || _ws.expert.severity == "Error" || ${strange})${to}`, fields);
  }

  async #tshark(filter: string, output: readonly string[]): Promise<string[]> {
    const { stdout } = await run('tshark', [
      ...['-n', '-r', this.#file, '-d', `tcp.port==${this.#port},smpp`],
      ...['-o', 'smpp.decode_sms_over_smpp:GSM 7-bit', '-Y', filter],
      ...output,
    ]);
    return stdout.split('\n').filter((line) => line !== '');
  }
}
