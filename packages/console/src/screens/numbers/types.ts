import type { AdminNumber } from '../../api/operator-types.ts';

export const TYPE_LABELS: Record<AdminNumber['type'], string> = {
  LONG_CODE: 'long code',
  TOLL_FREE: 'toll-free',
  SHORT_CODE: 'short code',
  ALPHANUMERIC: 'alphanumeric',
};
