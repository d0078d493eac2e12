import { verify } from './webhooks/verify.ts';

export {
  type AccessToken,
  type ClientCredentials,
  type ConnectionOptions,
  type PlainRequest,
  RedCloud,
  type RedCloudOptions,
} from './client.ts';
export {
  AbortError,
  ApiError,
  ConnectionError,
  InvalidCallError,
  RecipientsRejectedError,
  RedCloudError,
  SignatureError,
  type SignatureFault,
  TimeoutError,
} from './errors.ts';
export type { MediaFile } from './media/source.ts';
export type { Feed, FeedPage, Listing, Page } from './paging.ts';
export type { StreamOptions } from './resources/events.ts';
export type { UploadOptions } from './resources/media.ts';
export type { SendOptions } from './resources/messages.ts';
export type { CallOptions } from './transport/api.ts';
export type { KeyedOptions } from './transport/key.ts';
export type { Runtime } from './transport/runtime.ts';
export type * from './types.ts';
export type { WebhookHeaders } from './webhooks/headers.ts';
export type { VerifyOptions } from './webhooks/verify.ts';

/** Functions for receivers of webhooks. Needs no `RedCloud` instance. */
export const webhooks = { verify } as const;
