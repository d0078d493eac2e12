import { expect, test } from 'vitest';
import { CARRIER_TYPES } from '#carriers/registry.ts';
import { type Conformance, describeCarrier } from '../support/carrier-conformance.ts';
import { DESTINATIONS, simulatorSide, smppSide, vendorSide } from '../support/far-sides.ts';

/** Runs of the conformance suite by carrier type. */
const RUNS: Readonly<Record<string, Conformance>> = {
  // Wrong credentials end the bind, so that segments have no connection.
  smpp: {
    destinations: DESTINATIONS,
    faults: ['credentials', 'connection'],
    outcomeWithoutCredentials: 'unreachable',
    start: smppSide,
  },
  twilio: vendorSide('twilio'),
  telnyx: vendorSide('telnyx'),
  bandwidth: vendorSide('bandwidth'),
  // The simulator has no credentials and no connection.
  simulator: { destinations: DESTINATIONS, faults: [], start: simulatorSide },
};

for (const [type, run] of Object.entries(RUNS)) describeCarrier(type, run);

test('Each carrier type of the registry has a run of the conformance suite.', () => {
  expect(Object.keys(RUNS).toSorted()).toEqual(Object.keys(CARRIER_TYPES).toSorted());
});

test('Each carrier type with an HTTP API is tested with all faults.', () => {
  const shared = Object.keys(CARRIER_TYPES).filter((type) => CARRIER_TYPES[type]?.ownership === 'shared');
  for (const type of shared) expect(RUNS[type]?.faults).toEqual(['credentials', 'revoked', 'connection', 'partial']);
});
