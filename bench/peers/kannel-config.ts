/** What of Kannel's configuration differs from run to run. */
export interface KannelSettings {
  /** With the folders `spool` and `dlr` in it. */
  folder: string;
  adminPort: number;
  boxPort: number;
  sendsmsPort: number;
  smscPort: number;
}

export const KANNEL_USER = { username: 'bench', password: 'bench' };
export const STATUS_PASSWORD = 'bench';

/**
 * bearerbox and smsbox read one file. What differs from the defaults does so in Kannel's favour, or makes it keep what
 * Red Cloud keeps too:
 * - `store-type = spool`: an accepted message outlives a crash of the process. A file each, never synced, so not one of
 *   the machine.
 * - `dlr-storage = spool`: so does what is needed to tell whose receipt one is. It was as fast as the default, `internal`,
 *   which a crash empties.
 * - `max-pending-submits = 256`, as many as Red Cloud's workers have under way: with the default of 10 Kannel did a third
 *   less.
 * - Logs hold errors only, there is no access log, and everything listens on loopback.
 */
export function kannelConfig(settings: KannelSettings): string {
  return [core(settings), smsc(settings), smsbox(settings), sendsmsUser()].join('\n\n');
}

const core = ({ folder, adminPort, boxPort }: KannelSettings) => `group = core
admin-port = ${adminPort}
admin-interface = 127.0.0.1
admin-password = ${STATUS_PASSWORD}
smsbox-port = ${boxPort}
smsbox-interface = 127.0.0.1
box-allow-ip = "127.0.0.1"
log-file = "${folder}/bearerbox.log"
log-level = 3
store-type = spool
store-location = "${folder}/spool"
dlr-storage = spool
dlr-spool = "${folder}/dlr"`;

const smsc = ({ smscPort }: KannelSettings) => `group = smsc
smsc = smpp
smsc-id = bench
host = 127.0.0.1
port = ${smscPort}
transceiver-mode = true
smsc-username = bench
smsc-password = bench
system-type = ""
interface-version = 34
max-pending-submits = 256`;

const smsbox = ({ folder, boxPort, sendsmsPort }: KannelSettings) => `group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = ${boxPort}
sendsms-port = ${sendsmsPort}
sendsms-interface = 127.0.0.1
log-file = "${folder}/smsbox.log"
log-level = 3`;

const sendsmsUser = () => `group = sendsms-user
username = ${KANNEL_USER.username}
password = ${KANNEL_USER.password}`;
