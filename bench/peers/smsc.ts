// SMSC that is never the bottleneck. Responds to each submit_sm immediately with an id, and sends its receipt 200 ms
// later. The receipt is a deliver_sm with esm_class 4 and the text of appendix B (SMPP 3.4). Responds to each message
// with the number of submits.
import type { AddressInfo } from 'node:net';
import smpp, { type Pdu, type Session } from 'smpp';

const RECEIPT_MS = 200;
const RECEIPT_CLASS = 0x04;
const WANTS_RECEIPT = 0x03;

let submitted = 0;

function serve(session: Session): void {
  session.on('bind_transceiver', (pdu) => session.send(pdu.response({ system_id: 'bench' })));
  session.on('enquire_link', (pdu) => session.send(pdu.response()));
  session.on('unbind', (pdu) => session.send(pdu.response()));
  session.on('submit_sm', (pdu) => take(session, pdu));
  // Kannel reopens a broken connection.
  session.on('error', () => undefined);
}

function take(session: Session, pdu: Pdu): void {
  submitted += 1;
  const id = submitted.toString(16).padStart(8, '0');
  session.send(pdu.response({ message_id: id }));
  if ((pdu.registered_delivery & WANTS_RECEIPT) !== 0) setTimeout(report, RECEIPT_MS, session, pdu, id);
}

function report(session: Session, pdu: Pdu, id: string): void {
  const at = new Date().toISOString().replace(/\D/g, '').slice(2, 12);
  session.deliver_sm({
    source_addr: pdu.destination_addr,
    destination_addr: pdu.source_addr,
    esm_class: RECEIPT_CLASS,
    short_message: `id:${id} sub:001 dlvrd:001 submit date:${at} done date:${at} stat:DELIVRD err:000 text:`,
  });
}

process.on('disconnect', () => process.exit());
process.on('message', () => process.send?.({ submitted }));
const server = smpp.createServer(serve);
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
