import { storePosition } from '#events/stream-position.ts';
import { expireAnswers } from '#identity/idempotent-responses.ts';
import { expireSessions } from '#identity/sessions.ts';
import { addDaysAhead } from '#maintenance/add-days.ts';
import { checkpoint } from '#maintenance/checkpoint.ts';
import { dropDays } from '#maintenance/drop-days.ts';
import { type Janitor, Maintenance } from '#maintenance/janitor.ts';
import { redactDays } from '#maintenance/redact-days.ts';
import { vacuumAll } from '#maintenance/vacuum-all.ts';
import { vacuumJobs } from '#maintenance/vacuum-jobs.ts';
import { cleanUpMedia } from '#media/cleanup.ts';
import { expireBulkSends } from '#messages/bulk/expire-bulk-sends.ts';
import { expireInboundKeys } from '#messages/retention/expire-inbound-keys.ts';
import { expireKeys } from '#messages/retention/expire-keys.ts';
import { expireLateParts } from '#messages/retention/expire-late-parts.ts';
import { expireRejections } from '#messages/retention/expire-rejections.ts';
import { redactMessages } from '#messages/retention/redact.ts';
import { expireConversations } from '#pools/expire-conversations.ts';
import { redactReceipts } from '#receipts/redact.ts';
import { expireEndpoints } from '#webhooks/endpoints/expire-endpoints.ts';
import { expireReplays } from '#webhooks/history/expire-replays.ts';
import { redactAttempts } from '#webhooks/history/redact.ts';
import type { Core } from './core.ts';
import type { Identity } from './identity.ts';
import type { MediaModules } from './media.ts';

/** Runs the maintenance tasks of all modules while this process is the leader. */
export function addMaintenance(core: Core, identity: Identity, media: MediaModules): void {
  const { log, heartbeat, lifecycle } = core;
  const maintenance = new Maintenance(tasksOf(core, identity, media), log, () => heartbeat.isLeader());
  lifecycle.add({ name: 'maintenance', start: () => maintenance.start(), stop: () => maintenance.stop() });
}

function tasksOf(
  { config, db, clock, suspension }: Core,
  { webhookSecrets, numbers }: Identity,
  { storage }: MediaModules,
): Janitor[] {
  const keep = { db, clock, seconds: config.idempotencySeconds };
  const redactors = [redactMessages(db), redactReceipts(db), redactAttempts(db)];
  return [
    addDaysAhead({ db, clock }),
    dropDays({ db, clock, days: config.retentionDays }),
    redactDays({ db, clock, days: config.textDays, redactors }),
    expireKeys(keep),
    expireLateParts({ db, clock }),
    expireInboundKeys(keep),
    expireBulkSends({ db, clock, days: config.retentionDays }),
    expireRejections({ db, clock, days: config.textDays }),
    expireSessions({ db, clock }),
    expireAnswers({ db, clock }),
    expireEndpoints({ db, webhookSecrets, numbers, clock }),
    expireReplays({ db, clock }),
    expireConversations({ db, clock }),
    cleanUpMedia({ db, clock, storage, days: config.textDays, isPaused: () => suspension.isHeld }),
    storePosition(db),
    ...(db.kind === 'embedded' ? [vacuumJobs(db), vacuumAll(db), checkpoint(db)] : []),
  ];
}
