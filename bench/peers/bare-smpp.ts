// Minimal client of the npm package. Arguments: port, window, number of submits.
import smpp from 'smpp';

const [port = '', window = '32', messages = '20000'] = process.argv.slice(2);
const session = smpp.connect({ host: '127.0.0.1', port: Number(port) });
let sent = 0;
let answered = 0;

function next(): void {
  if (sent >= Number(messages)) return;
  sent += 1;
  session.submit_sm(
    {
      source_addr: '15551234567',
      destination_addr: `1555${1_000_000 + sent}`,
      short_message: 'Hello from Red Cloud',
      registered_delivery: 1,
    },
    () => {
      answered += 1;
      if (answered === Number(messages)) process.send?.('done');
      next();
    },
  );
}

session.bind_transceiver({ system_id: 'bench', password: 'bench' }, () => {
  process.send?.('bound');
  for (let i = 0; i < Number(window); i += 1) next();
});
session.on('deliver_sm', (pdu) => session.send(pdu.response()));
process.on('disconnect', () => process.exit());
process.on('message', () => process.send?.({ answered }));
