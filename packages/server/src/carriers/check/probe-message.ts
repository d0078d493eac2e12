/** Message to the operator's own handset. */
export interface ProbeMessage {
  from: string;
  to: string;
  text: string;
  encoding: 'GSM7' | 'UCS2';
  /** Seconds to wait for the receipt. */
  seconds: number;
}
