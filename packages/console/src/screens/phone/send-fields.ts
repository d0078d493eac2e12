import { momentOf } from '../../ui/format.ts';

/** Options of a send as the form has them. Empty: not given. */
export interface Options {
  /** Local time. */
  sendAt: string;
  /** Local time. */
  expiresAt: string;
  priority: '' | 'HIGH' | 'NORMAL' | 'BULK';
  quietHours: '' | 'respect' | 'ignore';
  recipientTimeZone: string;
}

export const NO_OPTIONS: Options = {
  sendAt: '',
  expiresAt: '',
  priority: '',
  quietHours: '',
  recipientTimeZone: '',
};

interface Fields {
  sendAt?: string;
  expiresAt?: string;
  priority?: string;
  respectQuietHours?: boolean;
  recipientTimeZone?: string;
}

/** Fields of a send request for the given options. */
export function fieldsOf({ sendAt, expiresAt, priority, quietHours, recipientTimeZone }: Options): Fields {
  const [at, until, zone] = [momentOf(sendAt), momentOf(expiresAt), recipientTimeZone.trim()];
  return {
    ...(at === undefined ? {} : { sendAt: at }),
    ...(until === undefined ? {} : { expiresAt: until }),
    ...(priority === '' ? {} : { priority }),
    ...(quietHours === '' ? {} : { respectQuietHours: quietHours === 'respect' }),
    ...(zone === '' ? {} : { recipientTimeZone: zone }),
  };
}
