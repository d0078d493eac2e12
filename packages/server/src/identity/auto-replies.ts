import type { Db } from '../db/db.ts';
import { run } from '../db/statement.ts';
import type { Clock } from '../platform/clock.ts';
import { notFound } from '../platform/errors.ts';
import { AUTO_REPLIES, UPDATE_AUTO_REPLIES } from './sql.ts';

/** Kind of automatic reply, by keyword action. */
export type ReplyKind = 'optOut' | 'optIn' | 'help';
export const REPLY_KINDS = ['optOut', 'optIn', 'help'] as const satisfies readonly ReplyKind[];

/** Text of the client. null: the default text. false: no reply is sent. */
export type ReplySetting = string | false | null;
export type ReplySettings = Record<ReplyKind, ReplySetting>;

export interface AutoReplySettings {
  settings: ReplySettings;
  defaults: Record<ReplyKind, string>;
  /** Whether the client and its account may send. */
  active: boolean;
}

export type AutoReplies = ReturnType<typeof createAutoReplies>;

/** Automatic replies of a client. Not cached, because they are rarely read. */
export function createAutoReplies({ db, clock }: { db: Db; clock: Clock }) {
  async function of(apiClientId: string): Promise<AutoReplySettings> {
    const [row] = await run(db, AUTO_REPLIES, apiClientId);
    if (!row) throw notFound('No such API client');
    const settings = { optOut: null, optIn: null, help: null, ...row.own };
    return { settings, defaults: defaultsFor(row.name), active: row.active };
  }

  return {
    of,

    /** Changes the given settings. The others stay unchanged. */
    async update(apiClientId: string, change: Partial<ReplySettings>): Promise<AutoReplySettings> {
      await run(db, UPDATE_AUTO_REPLIES, apiClientId, JSON.stringify(change), new Date(clock.now()));
      return of(apiClientId);
    },
  };
}

/** @returns the text, or undefined when the client has turned the reply off. */
export function textOf({ settings, defaults }: AutoReplySettings, kind: ReplyKind): string | undefined {
  const setting = settings[kind];
  return setting === false ? undefined : (setting ?? defaults[kind]);
}

/** Default texts by the CTIA's Messaging Principles (§5.1.3): the sender, the new state, and how to change it. */
function defaultsFor(name: string): Record<ReplyKind, string> {
  return {
    optOut: `${name}: You are unsubscribed and will receive no more messages. Reply START to resubscribe.`,
    optIn: `${name}: You are subscribed again. Reply HELP for help, STOP to unsubscribe.`,
    help: `${name}: Reply STOP to unsubscribe, START to resubscribe. Message and data rates may apply.`,
  };
}
