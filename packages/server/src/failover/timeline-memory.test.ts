import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConfigError } from '#platform/config-error.ts';
import { createLog } from '#platform/log.ts';
import { SCRATCH } from '../../test/support/scratch.ts';
import type { Failover } from './sql.ts';
import { refuseOlder, remember } from './timeline-memory.ts';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(SCRATCH, 'redcloud-timelines-'));
  file = join(directory, 'timelines.json');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const log = createLog('silent');
const at = (timeline: number, system = 'a') => ({ system, timeline });
const failover = (identity: string, isRestore = false): Failover => ({
  ...{ id: 1, identity, isRestore, begunAt: new Date(), completeUntil: null, closedAt: null },
});
const uses = (timeline: number, failovers: Failover[] = [], system?: string) =>
  remember(file, at(timeline, system), failovers, log);
const attempt =
  (timeline: number, failovers: Failover[] = [], system?: string) =>
  () =>
    refuseOlder(file, at(timeline, system), failovers);

describe('Timelines that a machine has used', () => {
  test('An older timeline of the same cluster is refused, and a newer one becomes the last.', () => {
    expect(attempt(1)).not.toThrow();
    uses(2);
    expect(attempt(2)).not.toThrow();
    expect(attempt(1)).toThrow(ConfigError);
    uses(1);
    expect(attempt(1)).toThrow(/timeline 1, and this machine has used the timeline 2.*redcloud-server hold/s);
    uses(3);
    expect(attempt(2)).toThrow(ConfigError);
  });

  test('Clusters are independent, and a server without timelines is always accepted.', () => {
    uses(5);
    uses(1, [], 'b');
    expect(attempt(1, [], 'b')).not.toThrow();
    uses(7, [], '');
    expect(attempt(0, [], '')).not.toThrow();
    expect(attempt(4)).toThrow(ConfigError);
  });

  test('A hold permits an older timeline once, until a newer one is used again.', () => {
    uses(2, [failover('x')]);
    const held = [failover('y', true)];
    expect(attempt(1, held)).not.toThrow();
    uses(1, held);
    expect(attempt(1, held)).not.toThrow();
    uses(2, [...held, failover('z')]);
    expect(attempt(1, held)).toThrow(ConfigError);
    expect(attempt(1, [...held, failover('w', true)])).not.toThrow();
  });

  test.each(['', '{', 'null', '[]', '"x"', '{"a":null}'])(
    'The content %j refuses nothing, and is replaced.',
    (content) => {
      writeFileSync(file, content);
      expect(attempt(1)).not.toThrow();
      uses(2);
      expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ a: { timeline: 2, restore: null } });
    },
  );
});
