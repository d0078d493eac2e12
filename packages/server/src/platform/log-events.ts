/**
 * Names of log events (field `event`) with their meaning. The table in docs/operations.md repeats these texts, and `npm
 * run check` compares both.
 */
export const LOG_EVENTS = {
  auto_reply: 'Reply to a keyword of a handset, or the reason why there was none',
  backlog_failed: 'The counts of waiting messages could not be read. Limits use the previous counts',
  callback_rejected:
    'A callback of a carrier was rejected: wrong signature, credentials or reference, or an unreadable body',
  cancels_not_read:
    'The list of cancels could not be read. A message that this process holds may be submitted, and its cancel gets 409',
  carrier_not_configured:
    'Messages wait for a carrier that no process has configured. The carrier that their number has now gets them, if there is one',
  carrier_problem:
    'A carrier began or ceased to accept no messages in this process: paused, down, misconfigured, failing, silent or throttled',
  carrier_simulated: '`RC_CARRIERS` is not set. Messages go to the simulator',
  carrier_state: 'A link is up, down or misconfigured, with the reason',
  carrier_states_failed: 'The states of the carriers could not be read. The process uses the previous ones',
  carrier_stop_failed: 'A link could not be closed',
  carriers_reloaded: 'RC_CARRIERS was read again after SIGHUP, with the changed carriers',
  claim_failed: 'Due jobs could not be claimed. The worker repeats the claim',
  days_not_added: 'Day partitions could not be created at the start. Maintenance repeats it',
  delivered_after_failure: 'A carrier reported the delivery of a message that has failed. The status stays FAILED',
  db_connection_lost: 'An idle connection to PostgreSQL ended',
  db_listen_lost: 'The connection for notifications ended. Polls replace it until it is open again',
  db_primary: 'Another host of DATABASE_URL is the primary from now on, or the same host after a promotion',
  db_two_primaries:
    'Two hosts of DATABASE_URL accept writes, and neither was promoted after the other one. Nothing is accepted or sent until one of them is stopped',
  db_watch_failed: 'The roles of the hosts of DATABASE_URL could not be compared. The next run repeats it',
  expiry_failed: 'Expired messages could not be marked as failed. The next run repeats it',
  failover:
    'The database server has another timeline. Outbound jobs that were due wait until the submits before are known',
  failover_ended:
    'Outbound jobs continue. `doubted`: messages that may have been submitted without a record, which become UNKNOWN',
  failover_held:
    'Messages that this process had submitted before a failover, whose record is missing. These messages become UNKNOWN',
  failover_step_failed: 'A step after a failover has failed. The next run repeats it',
  journal_failed:
    'The journal of submits could not be written. After a failover, messages that were due become UNKNOWN',
  journal_stuck:
    'The journal of submits could neither be written nor removed, so other processes would trust it. The process submits nothing more and stops with status 1',
  journal_unsigned:
    'Other processes cannot use the journal of this one after its end, because /proc is missing or restricted (for example by `ProcSubset=pid` of systemd)',
  heartbeat_failed: 'The heartbeat of this process could not be written',
  hold_not_read: 'The hold of a restored store could not be read. The next run repeats it',
  impossible_opt_outs:
    'Opt-outs exist whose recipients are no phone numbers ([repair](opt-outs.md#impossible-recipients))',
  inbound: 'Inbound message of a handset',
  inbound_sweep_failed: 'Incomplete inbound messages could not be processed. The next run repeats it',
  jobs_failed: 'Jobs ended with an error, and are claimed again as interrupted',
  leases_reclaimed:
    'Jobs that this process leases but does not run are released. The response to their claim or commit was lost',
  link_failed: 'The table of links could not be read',
  link_held: 'This process has the link of a carrier',
  link_lost: 'Another process has the link, or the heartbeat of this process has expired',
  link_released: 'This process gave up the link',
  listening: 'The server accepts requests at `url`',
  log_lines_dropped: 'The reader of the log is too slow. `count` lines are missing',
  look_up: 'An unknown message was searched for in the list of its carrier. `found` tells whether it was accepted',
  maintenance: 'A maintenance task changed `count` rows',
  maintenance_failed: 'A maintenance task failed. The next run repeats it',
  media_fetched: 'A file was fetched from its `sourceUrl`',
  media_not_fetched: 'A file could not be fetched. `retries` tells whether it is tried again',
  media_not_prepared: 'Media of a message could not be prepared for the carrier. The message is tried again',
  media_rejected:
    'Media of a message cannot be adapted to the carrier. The message fails with `code`. `reason` is from the image library',
  mode_not_set: 'The mode of a file in the data directory could not be set',
  module_stopped: 'A module has stopped, with its duration in milliseconds',
  opt_out_not_recorded:
    'An opt-out that a carrier reported could not be recorded. The carrier rejects the next message again',
  opt_outs_not_checked: 'The search for impossible recipients failed at the start',
  outcome_deadline: 'A message was still unknown at its outcome deadline',
  outcome_fenced: 'An outcome was rejected, because the job was leased to another process',
  overview_failed: 'The counters of this process could not be stored for the overview',
  possible_duplicate: 'A carrier may have accepted two submits of one message (POSSIBLE_DUPLICATE)',
  process_dead: 'Another process has no heartbeat. Its jobs and links are released',
  proxy_not_trusted: 'A request came through a proxy that `RC_TRUSTED_PROXIES` does not name',
  release_failed: 'Scheduled messages could not be moved to the queue. The next run repeats it',
  receipts_join_failed: 'Parked receipts could not be matched. A sweep repeats it',
  receipts_sweep_failed: 'The sweep of parked receipts failed. The next run repeats it',
  reclaim_failed: 'The search for unknown leases failed. The next run repeats it',
  reload_failed: 'RC_CARRIERS could not be applied after SIGHUP. The settings are unchanged',
  request: 'HTTP request with status and duration',
  request_failed: 'HTTP request that ended with an unexpected error',
  reroute_failed: 'Messages could not be moved to another carrier. The process repeats it',
  rerouted: 'Waiting messages were moved to another carrier, because theirs accepts nothing or is no longer configured',
  sandbox_off: 'Carriers are set, so the demo client is suspended',
  segments_without_receipt: 'A message was delivered by the receipts of some of its segments',
  setting_unknown: 'A variable begins with `RC_` and is not a setting',
  sending_held:
    'Nothing is submitted after a restore, until an operator releases it ([restore](operations.md#restore))',
  sending_released: 'The hold has ended, and messages are submitted',
  sign_in_refused: 'Wrong credentials, with kind, source and target',
  starting: 'The process starts, with version and settings',
  stop_failed: 'A module could not be stopped',
  stopped: 'The process has stopped',
  stopping: 'The process stops, with the signal or the reason',
  store_clock_failed: 'The clock of the store could not be read',
  store_clock_jumped: 'The clock of the store and of this machine differ by `ms`',
  store_crashed: 'The embedded store ended. The process opens it again',
  store_ready: 'The store is open and migrated',
  store_reopen_failed: 'The embedded store could not be opened again. The process tries again',
  store_reopened: 'The embedded store is open again',
  submit: 'Submit of one segment with the response of the carrier',
  synchronous_commit_set: 'The database had `synchronous_commit` off. The sessions of Red Cloud set it on',
  timeline_not_stored:
    'The timeline of the database server could not be stored in RC_DATA_DIR. The next start cannot notice an older server',
  webhook: 'Webhook attempt with its outcome',
  webhook_endpoint_disabled: 'An endpoint was disabled after a day of failures or a 410',
  webhook_endpoint_enabled: 'An endpoint was enabled again',
  webhook_endpoint_not_recorded: 'The state of an endpoint could not be stored',
  webhook_replay_done: 'A replay has finished',
  webhook_replay_failed: 'A step of a replay failed and is repeated',
  webhook_test: 'Test event with the response of the endpoint',
} as const satisfies Record<string, string>;

export type LogEvent = keyof typeof LOG_EVENTS;
