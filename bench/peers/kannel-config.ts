/** Settings of Kannel that differ from run to run. */
export interface KannelSettings {
  /** Folder with the subfolders `spool` and `dlr`. */
  folder: string;
  adminPort: number;
  boxPort: number;
  sendsmsPort: number;
  smscPort: number;
}

export const KANNEL_USER = { username: 'bench', password: 'bench' };
export const STATUS_PASSWORD = 'bench';

/**
 * bearerbox and smsbox read one file. Settings other than the defaults favour Kannel, or let it store the same data as
 * Red Cloud:
 * - `store-type = spool`: an accepted message survives a crash of the process, but not of the machine, because its file
 *   is never synced.
 * - `dlr-storage = spool`: the data that matches a receipt to its message survives a crash too. This setting was as
 *   fast as the default, `internal`, which a crash empties.
 * - `max-pending-submits = 256`: as many as Red Cloud's workers have under way. With the default of 10, Kannel was a
 *   third slower.
 * - Logs contain errors only, there is no access log, and all servers listen on loopback.
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
