import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { UsageError } from '../exit.ts';
import type { Action } from '../session.ts';

interface UploadOptions {
  name?: string;
  type?: string;
}

export function addMedia(program: Command, action: Action): void {
  const media = program.command('media').description('Manage files for MMS');
  media
    .command('upload')
    .description('Upload a file for any number of messages (`send --media` uploads its files itself)')
    .argument('<file>')
    .option('--name <name>', 'Name for the recipient (default: name of the file)')
    .option('--type <type>', 'Media type, such as image/jpeg (default: detected from the content)')
    .action(
      action(async ({ client, out, signal }, { name, type }: UploadOptions, file = '') => {
        if (/^https?:/i.test(file))
          throw new UsageError(`${file} is a URL. Use it with \`redcloud send --media\`, or download the file first.`);
        const names = name === undefined ? {} : { fileName: name };
        const types = type === undefined ? {} : { contentType: type };
        const item = await client().media.upload(file, { ...names, ...types, signal });
        out.document(item, { ...item });
      }),
    );
  media
    .command('get')
    .description('Show the properties of a stored file, or download the file with --output')
    .argument('<storageKey>')
    .option('--output <path>', 'File for the content, which is overwritten')
    .action(
      action(async ({ client, out, signal }, { output }: { output?: string }, storageKey = '') => {
        if (output === undefined) {
          const item = await client().media.head(storageKey, { signal });
          out.document(item, item);
          return;
        }
        const { content, ...item } = await client().media.download(storageKey, { signal });
        await writeFile(output, content.stream(), { signal });
        out.document(item, { ...item, output });
      }),
    );
  media
    .command('rm')
    .description('Delete a stored file (accepted messages are still sent)')
    .argument('<storageKey>')
    .action(
      action(async ({ client, out, signal }, _options, storageKey = '') => {
        await client().media.delete(storageKey, { signal });
        const removed = { storageKey, removed: true };
        out.document(removed, removed);
      }),
    );
}
