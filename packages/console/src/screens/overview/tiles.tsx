import type { ReactNode } from 'react';

export function Tiles({ children }: { children: ReactNode }) {
  return <dl className="tiles">{children}</dl>;
}

interface TileProps {
  label: string;
  value: string;
  note?: string;
  tone?: 'good' | 'bad' | 'calm';
}

/** One prominent value with its label and a reference value. */
export function Tile({ label, value, note, tone = 'calm' }: TileProps) {
  return (
    <div className="tile">
      <dt>{label}</dt>
      <dd>
        <span className={`tile-value ${tone}`}>{value}</span>
        {note && <span className="muted small">{note}</span>}
      </dd>
    </div>
  );
}
