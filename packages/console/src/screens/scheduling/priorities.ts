import type { Message } from '../../api/types.ts';

type Priority = NonNullable<Message['priority']>;

export const PRIORITY_LABELS: Record<Priority, string> = { HIGH: 'high', NORMAL: 'normal', BULK: 'bulk' };
