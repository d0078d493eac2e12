/** SMPP 3.4 protocol: PDUs, sessions of both sides, texts and receipts. */
export * from './pdu/codec.ts';
export * from './pdu/status.ts';
export * from './pdu/user-data.ts';
export * from './receipts/receipt.ts';
export * from './receipts/receipt-text.ts';
export * from './session/client.ts';
export * from './session/framer.ts';
export * from './session/server.ts';
export * from './session/window.ts';
export * from './text/decode.ts';
export * from './text/gsm7.ts';
export * from './text/text.ts';
