import { useState } from 'react';
import { useAct } from '../../api/act.ts';
import { download, type Failure } from '../../api/call.ts';
import type { MediaOfMessage } from '../../api/types.ts';
import { Button } from '../../ui/controls.tsx';
import { fileSize } from '../../ui/format.ts';
import { Problem } from '../../ui/states.tsx';
import { mediaState, missingReason } from './media-state.ts';
import { useImage } from './use-image.ts';

interface MediaProps {
  media: readonly MediaOfMessage[];
  /** API client of the message. null: the number had no API client. */
  clientId: string | null | undefined;
  /** Whether the message is not finished, so that its source may still be fetched. */
  isOpen: boolean;
  /** Whether images are shown at first. Only for files that the API client itself has sent. */
  isRevealed?: boolean;
}

/** Files of an MMS. An image is hidden, and not loaded, until the user reveals it, unless `isRevealed`. */
export function Media({ media, clientId, isOpen, isRevealed = false }: MediaProps) {
  return (
    <ul className="media" aria-label="Media">
      {media.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the files of a message never change their order
        <li key={index}>
          <Item item={item} clientId={clientId} isOpen={isOpen} isRevealed={isRevealed} />
        </li>
      ))}
    </ul>
  );
}

interface ItemProps extends Omit<MediaProps, 'media' | 'isRevealed'> {
  item: MediaOfMessage;
  isRevealed: boolean;
}

function Item({ item, clientId, isOpen, isRevealed }: ItemProps) {
  const state = mediaState(item, clientId);
  const size = item.byteLength > 0 ? fileSize(item.byteLength) : undefined;
  const facts = [state.kind === 'none' ? item.fileName : state.fileName, item.mimeType, size];
  const about = (
    <p className="media-about small">
      {facts.filter(Boolean).map((fact, index) => (
        <span key={fact}>{index > 0 ? ` · ${fact}` : fact}</span>
      ))}
    </p>
  );
  if (state.kind === 'none') {
    return (
      <>
        {about}
        <p>{state.reason}</p>
      </>
    );
  }
  const file: FileProps = {
    ...{ item, isOpen, fileName: state.fileName },
    path: `/api/core/media/${encodeURIComponent(state.storageKey)}`,
    clientId: clientId ?? undefined,
  };
  return (
    <>
      {about}
      {state.kind === 'image' && <Picture {...file} isRevealed={isRevealed} />}
      <Download {...file} />
    </>
  );
}

interface FileProps {
  item: MediaOfMessage;
  path: string;
  fileName: string;
  clientId: string | undefined;
  isOpen: boolean;
}

function Picture({ item, path, fileName, clientId, isOpen, isRevealed }: FileProps & { isRevealed: boolean }) {
  const [isShown, setIsShown] = useState(isRevealed);
  const [isBroken, setIsBroken] = useState(false);
  const { url, failure, retry } = useImage(path, clientId, item.mimeType, isShown);
  return (
    <>
      {isShown && (
        <div className="media-frame" aria-live="polite">
          {failure && <Missing failure={failure} item={item} isOpen={isOpen} retry={retry} />}
          {isBroken && <p>The file is no image that this browser can display. Download the file instead.</p>}
          {url && !isBroken && (
            <img
              src={url}
              alt={`Media of the message: ${fileName}`}
              onError={() => setIsBroken(true)}
              onLoad={({ currentTarget }) => currentTarget.scrollIntoView({ block: 'nearest' })}
            />
          )}
          {!url && !failure && <p className="muted">Loading the image …</p>}
        </div>
      )}
      <Button aria-expanded={isShown} onClick={() => setIsShown(!isShown)}>
        {isShown ? 'Hide the image' : 'Show the image'}
      </Button>
    </>
  );
}

/** Saves the file. A browser never opens the file as a page of the console, since its type is binary. */
function Download({ item, path, fileName, clientId, isOpen }: FileProps) {
  const saving = useAct(
    (_: undefined, signal) => download(path, { client: clientId, signal }),
    (content) => save(content, fileName),
  );
  const start = () => saving.mutate(undefined);
  return (
    <>
      {saving.error && <Missing failure={saving.error} item={item} isOpen={isOpen} retry={start} />}
      <Button kind="quiet" busy={saving.isPending} onClick={start} aria-label={`Download ${fileName}`}>
        Download
      </Button>
    </>
  );
}

/** Milliseconds in which each browser has begun to save a file. */
const SAVING_MS = 10_000;

function save(content: Blob, fileName: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: 'application/octet-stream' }));
  Object.assign(document.createElement('a'), { href: url, download: fileName }).click();
  setTimeout(() => URL.revokeObjectURL(url), SAVING_MS);
}

interface MissingProps {
  failure: Failure;
  item: MediaOfMessage;
  isOpen: boolean;
  retry: () => void;
}

function Missing({ failure, item, isOpen, retry }: MissingProps) {
  const reason = missingReason(failure, item, isOpen);
  if (reason === undefined) return <Problem error={failure} retry={retry} />;
  return <p role="alert">{reason}</p>;
}
