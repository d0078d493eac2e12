import type { MediaInput, SendParams } from '../sdk.ts';

export type Guarantee = NonNullable<SendParams['deliveryGuarantee']>;

interface Parts {
  sendFrom: string;
  to: readonly string[];
  text: string | undefined;
  media: readonly MediaInput[] | undefined;
  reference: string | undefined;
  guarantee: Guarantee | undefined;
}

/** Builds the parameters of a send request. Equal parts result in equal bytes. */
export function paramsOf({ sendFrom, to, text, media, reference, guarantee }: Parts): SendParams {
  return {
    sendFrom,
    to,
    messageType: media ? 'MMS' : 'SMS',
    ...(text === undefined ? {} : { text }),
    ...(media === undefined ? {} : { media }),
    ...(reference === undefined ? {} : { externalReference: reference }),
    ...(guarantee === undefined ? {} : { deliveryGuarantee: guarantee }),
  };
}
