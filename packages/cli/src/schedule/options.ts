import { type Command, InvalidArgumentError, Option } from 'commander';
import { atMost } from '../commands/values.ts';
import { readTime } from './times.ts';

const AT = 'Time of the submit: RFC 3339, "2026-12-24 18:00 Europe/Berlin", or a period from now such as +2h';
const EXPIRES = 'Time after which the message is not sent any more. A period counts from --at, or from now without it';

/** Options with the times of a message. */
export const atOption = (description = AT) => new Option('--at <time>', description).argParser(readTime);
export const expiresOption = () => new Option('--expires <time>', EXPIRES).argParser(readTime);

export function addScheduleOptions(command: Command): Command {
  const respect = new Option('--respect-quiet-hours', 'Apply quiet hours (default: the setting of `quiet-hours`)');
  const ignore = new Option('--ignore-quiet-hours', 'Send at any hour');
  return command
    .addOption(atOption())
    .addOption(expiresOption())
    .addOption(
      new Option('--priority <priority>', 'Order among the waiting messages of the number').choices([
        'HIGH',
        'NORMAL',
        'BULK',
      ]),
    )
    .addOption(respect.conflicts('ignoreQuietHours'))
    .addOption(ignore.conflicts('respectQuietHours'))
    .option('--time-zone <zone>', 'Time zone of the recipients for quiet hours, such as Europe/Berlin', zone)
    .option('--max-per-minute <count>', 'Maximum number of messages of this command per minute', atMost(100_000));
}

function zone(text: string): string {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: text });
    return text;
  } catch {
    throw new InvalidArgumentError('Use an IANA name such as Europe/Berlin.');
  }
}
