/** The only import of the SDK. The build bundles it into the published file. */
export {
  AbortError,
  ApiError,
  ConnectionError,
  type Delivery,
  InvalidCallError,
  type MediaInput,
  type MediaItem,
  type Message,
  type MessageFilters,
  type NumberUpdate,
  type Preview,
  type PreviewParams,
  type QuietHours,
  RedCloud,
  RedCloudError,
  type RedCloudOptions,
  type Rejection,
  type Replay,
  type SendParams,
  type SendResult,
  type StreamEvent,
  TimeoutError,
} from '../../sdk/src/index.ts';
export { typeOfName } from '../../sdk/src/media/types.ts';
export { signForTest } from '../../sdk/src/testing.ts';
export { createNodeFetch } from '../../sdk/src/transport/node-fetch.ts';
export { segment } from '../../sdk/src/transport/path.ts';
