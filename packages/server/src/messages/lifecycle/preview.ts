import type { Numbers } from '#numbers/numbers.ts';
import { isPoolId } from '#pools/pools.ts';
import type { Lane } from '#queue/job.ts';
import type { BulkSends } from '../bulk/bulk-sends.ts';
import { type Encoding, nonGsm, segment, smartEncode } from '../request/segments.ts';
import { type Content, type RefusedRecipient, readContent, type SendRequest } from '../request/send-request.ts';
import { type PlanParts, planRecipients } from './plan.ts';
import type { PoolSenders } from './pool-sender.ts';
import { type Assigned, assignCarriers, type Routing } from './routes.ts';
import { checkedNumber, checkedPool, type Sender, type SenderParts } from './sender.ts';

/** Message that a send would make. */
export interface PreviewedMessage {
  to: string;
  /** Null for an MMS. */
  encoding: Encoding | null;
  segments: number | null;
  carrier: string;
  /** Expected time of the submit. */
  estimatedSendAt: Date;
}

/** Text of a send, as the recipients would get it. */
export interface PreviewedText {
  encoding: Encoding;
  /** Code points. */
  characters: number;
  segments: number;
  /** Characters that make the text need UCS-2, with their positions in code points. */
  nonGsm: { character: string; index: number }[];
  /** Text after `smartEncoding`, if the request asks for it and it differs. */
  smartText?: string;
}

export interface Preview {
  results: PreviewedMessage[];
  errors: RefusedRecipient[];
  /** Null for an MMS without a text. */
  text: PreviewedText | null;
}

export interface PreviewerParts extends Omit<SenderParts, 'media' | 'poolSenders'>, PlanParts {
  numbers: Pick<Numbers, 'byId'>;
  poolSenders: SenderParts['poolSenders'] & Pick<PoolSenders, 'previewAll'>;
  media: {
    /** Checks the media of a send, and changes nothing. @throws ApiError */
    check: SenderParts['media']['claim'];
  };
  bulkSends: Pick<BulkSends, 'requireOpen'>;
  /** Estimated delay of a new message, in seconds. Undefined: unknown. */
  delaySeconds(lane: Lane): number | undefined;
}

/** Answers what a send would do. Stores and sends nothing. */
export class Previewer {
  readonly #parts: PreviewerParts;

  constructor(parts: PreviewerParts) {
    this.#parts = parts;
  }

  /** @throws ApiError as the send would. */
  async preview(apiClientId: string, request: SendRequest): Promise<Preview> {
    const content = readContent(request);
    await this.#parts.bulkSends.requireOpen(apiClientId, request.bulkSendId);
    const sender = await this.#sender(apiClientId, request, content);
    const { timed, refused } = await planRecipients(this.#parts, apiClientId, request, sender, null);
    const kind = { ...content, messageType: request.messageType };
    const withIds = timed.map((one, n) => ({ id: String(n), ...one }));
    const { assigned, refused: unassigned } =
      sender.poolId === null
        ? { assigned: withIds.map((one) => ({ ...one, number: sender.number })), refused: [] }
        : await this.#parts.poolSenders.previewAll(sender, kind, withIds);
    const routing = previewing(this.#parts.routing);
    const { routed, refused: unroutable } = assignCarriers(routing, sender.poolId, kind, assigned, NONE_WAITS);
    const { encoding, segments } = content;
    const results = routed.map(({ to, carrier, ...one }) => {
      return { to, encoding, segments, carrier, estimatedSendAt: this.#estimate(apiClientId, one) };
    });
    return { results, errors: [...refused, ...unassigned, ...unroutable], text: textOf(request) };
  }

  #sender(apiClientId: string, request: SendRequest, content: Content): Promise<Sender> {
    const { poolSenders, media, routing, numbers } = this.#parts;
    const parts = { poolSenders, routing, media: { claim: media.check.bind(media) } };
    if (isPoolId(request.sendFrom)) return checkedPool(parts, apiClientId, request, content);
    return numbers.byId(request.sendFrom).then((number) => checkedNumber(parts, number, apiClientId, request, content));
  }

  #estimate(client: string, { number, releaseAt }: Pick<Assigned, 'number' | 'releaseAt'>): Date {
    const { clock, delaySeconds } = this.#parts;
    const seconds = delaySeconds({ client, lane: number.numberId }) ?? 0;
    return new Date(Math.max(clock.now() + seconds * 1000, releaseAt?.getTime() ?? 0));
  }
}

const NONE_WAITS = () => undefined;

/** Routing that gives no message to a carrier as a test. */
function previewing(routing: Routing): Routing {
  return {
    ...routing,
    routeAll: (sender, recipients) => recipients.map((to) => routing.route({ ...sender, to })),
  };
}

function textOf({ text, smartEncoding, messageType }: SendRequest): PreviewedText | null {
  if (text === undefined || text === '') return null;
  const sent = smartEncoding && messageType === 'SMS' ? smartEncode(text) : text;
  const { encoding, segments } = segment(sent);
  return {
    encoding,
    characters: [...sent].length,
    segments: segments.length,
    nonGsm: nonGsm(sent),
    ...(sent === text ? {} : { smartText: sent }),
  };
}
