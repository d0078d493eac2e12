import type { App, Modules } from '#entrances/http/app.ts';
import { sendFile } from '#entrances/http/files.ts';
import { notFound } from '#platform/errors.ts';

/** Files that carriers fetch from signed links. A changed, expired or unknown link is 404. */
export function mediaLinks(app: App, { media, mediaLinks }: Modules): void {
  app.route({
    method: ['GET', 'HEAD'],
    url: '/media/*',
    schema: { hide: true } as object,
    async handler(request, reply) {
      // Raw, because decoding would make different links equal.
      const path = request.url.slice('/media/'.length);
      const linked = mediaLinks.read(path);
      if (!linked || (await media.size(linked.hash)) !== linked.byteLength) throw notFound('No such file');
      const fileName = path.slice(path.lastIndexOf('/') + 1);
      const file = { ...linked, fileName, disposition: 'inline', cacheControl: 'private, max-age=3600' } as const;
      return sendFile(request, reply, file, (part) => media.read(linked.hash, part));
    },
  });
}
