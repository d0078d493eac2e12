import type { UseQueryResult } from '@tanstack/react-query';
import type { Failure } from '../../api/call.ts';
import type { Preview, PreviewedText } from '../../api/types.ts';
import { BothTimes, Facts } from '../../ui/parts.tsx';
import { Problem } from '../../ui/states.tsx';
import { charactersOf } from './characters.ts';

const ENCODINGS: Record<PreviewedText['encoding'], string> = { GSM7: 'GSM-7', UCS2: 'UCS-2' };

interface PreviewProps {
  preview: UseQueryResult<Preview, Failure>;
  /** Whether an error concerns the whole form, and not one of its fields. */
  isOfForm: boolean;
}

/** Result that a send would have. */
export function PreviewOfSend({ preview: { data, error, isPlaceholderData }, isOfForm }: PreviewProps) {
  return (
    <section className="preview" aria-label="Preview" aria-busy={isPlaceholderData}>
      <h3>Preview</h3>
      {error && isOfForm && <Problem error={error} />}
      {error && !isOfForm && <p className="muted">No preview. Correct the field above.</p>}
      {!error && data === undefined && <p className="muted">…</p>}
      {!error && data !== undefined && <Previewed of={data} />}
    </section>
  );
}

function Previewed({ of: { results, errors, text } }: { of: Preview }) {
  const [result] = results;
  const [refused] = errors;
  return (
    <>
      <div role="status">
        <Facts
          of={[
            ['Segments', text && segmentsOf(text)],
            ['Encoding', text && ENCODINGS[text.encoding]],
            ['Need UCS-2', charactersIn(text)],
            ['Carrier', result?.carrier],
            ['Expected time', result && <BothTimes at={result.estimatedSendAt} />],
          ]}
        />
      </div>
      {refused && (
        <div className="notice bad">
          <p>
            The recipient would be rejected: {refused.error.message} <code>{refused.error.code}</code>
          </p>
        </div>
      )}
    </>
  );
}

const segmentsOf = ({ segments, characters }: PreviewedText) =>
  `${segments} (${characters} character${characters === 1 ? '' : 's'})`;

const charactersIn = (text: PreviewedText | null) =>
  text && text.nonGsm.length > 0 ? <Characters of={text.nonGsm} /> : null;

function Characters({ of }: { of: PreviewedText['nonGsm'] }) {
  const { shown, more } = charactersOf(of);
  return (
    <>
      {shown.map(({ character, name, positions }) => (
        <span key={name} className="character">
          <b>{character}</b> <span className="muted small">{`${name} at ${positions}`}</span>
        </span>
      ))}
      {more > 0 && <span className="muted small">and {more} more</span>}
    </>
  );
}
