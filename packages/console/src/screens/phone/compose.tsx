import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { call, withQuery } from '../../api/call.ts';
import { useScope } from '../../api/scope.tsx';
import type { StoredMedia } from '../../api/types.ts';
import { Button } from '../../ui/controls.tsx';
import { fileSize } from '../../ui/format.ts';
import { Problem } from '../../ui/states.tsx';

/** File types that a handset offers. The server also checks the content. */
const TYPES = 'image/*,video/*,audio/*,.pdf,.vcf,.ics,.txt';

interface Written {
  text: string;
  file: File | undefined;
}

/** Input line of the handset. A message with a file is an MMS. */
export function Compose({ handset, number }: { handset: string; number: string }) {
  const { core } = useScope();
  const [text, setText] = useState('');
  const [file, setFile] = useState<File>();
  const picker = useRef<HTMLInputElement>(null);
  const queries = useQueryClient();
  const writing = useMutation({
    // Sends the messages one after the other, in the order in which they were written.
    scope: { id: `${handset} ${number}` },
    mutationFn: async (written: Written) => {
      // The owner of the number stores the file, as with the file of a real carrier.
      const media = written.file && [await upload(written.file)];
      const content = { ...(written.text === '' ? {} : { text: written.text }), ...(media ? { media } : {}) };
      return call('/sandbox/inbound', { method: 'POST', body: { from: handset, to: number, ...content } });
    },
    onSuccess: () => queries.invalidateQueries(),
    // Restores the failed message before text that was entered since.
    onError: (_error, written) => {
      setText((now) => [written.text, now].filter(Boolean).join(' '));
      setFile((now) => now ?? written.file);
    },
  });
  const upload = (chosen: File) =>
    core<StoredMedia>(withQuery('/media', { fileName: chosen.name.slice(0, 255) }), { method: 'POST', file: chosen });
  const write = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === '' && !file) return;
    writing.mutate({ text: text.trim() === '' ? '' : text, file });
    setText('');
    setFile(undefined);
  };
  return (
    <>
      {writing.error && <Problem error={writing.error} />}
      {file && (
        <p className="attached small">
          <span>
            {file.name} · {fileSize(file.size)}
          </span>
          <Button kind="quiet" onClick={() => setFile(undefined)} aria-label={`Remove ${file.name}`}>
            Remove
          </Button>
        </p>
      )}
      <form className="compose" onSubmit={write}>
        <input
          ref={picker}
          type="file"
          hidden
          accept={TYPES}
          data-testid="attachment"
          onChange={({ target }) => {
            setFile(target.files?.[0]);
            // The same file can be chosen again after its removal.
            target.value = '';
          }}
        />
        <Button onClick={() => picker.current?.click()} aria-label="Attach a file">
          +
        </Button>
        <input
          aria-label="Write from this handset"
          placeholder="Reply, or try STOP, START or HELP"
          value={text}
          maxLength={1600}
          autoComplete="off"
          onChange={({ target }) => setText(target.value)}
        />
        <Button kind="primary" type="submit" quick>
          Send
        </Button>
      </form>
    </>
  );
}
