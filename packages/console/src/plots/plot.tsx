import { type PointerEvent, useState } from 'react';
import { moment, rate } from '../ui/format.ts';
import { linePath, roundUp, thinned } from './scale.ts';

const WIDTH = 600;
const HEIGHT = 120;
/** Maximum number of points in a line. More points are indistinguishable. */
const MOST = 300;

interface Series {
  name: string;
  /** A colour of plots.css. */
  tone: 'a' | 'b' | 'c' | 'd';
  values: readonly number[];
}

interface PlotProps {
  label: string;
  unit: string;
  times: readonly string[];
  series: readonly Series[];
}

/** Lines over time. The legend shows the values at the pointer, otherwise the latest. Screen readers read a summary. */
export function Plot({ label, unit, times, series }: PlotProps) {
  const [pointed, setPointed] = useState<number>();
  const last = times.length - 1;
  const shown = pointed === undefined ? last : Math.round(pointed * last);
  const top = roundUp(Math.max(0, ...series.map(({ values }) => Math.max(0, ...values))));

  const point = ({ clientX, currentTarget }: PointerEvent<SVGSVGElement>) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    setPointed(Math.min(1, Math.max(0, (clientX - left) / width)));
  };

  return (
    <figure className="plot">
      <figcaption className="legend">
        {series.map(({ name, tone, values }) => (
          <span key={name} className={`key tone-${tone}`}>
            {name} <b>{rate(values[shown] ?? 0)}</b>
          </span>
        ))}
      </figcaption>
      <div className="plot-scale muted small">
        <span aria-hidden="true">
          {rate(top)} {unit}
        </span>
        <span>{times[shown] ? moment(times[shown]) : ''}</span>
      </div>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${label}, ${unit}: ${summary(series)}`}
        onPointerMove={point}
        onPointerLeave={() => setPointed(undefined)}
      >
        {[0, 0.5, 1].map((part) => (
          <line key={part} className="grid" x1="0" x2={WIDTH} y1={part * HEIGHT} y2={part * HEIGHT} />
        ))}
        {series.map(({ name, tone, values }) => (
          <path key={name} className={`line tone-${tone}`} d={linePath(thinned(values, MOST), top, WIDTH, HEIGHT)} />
        ))}
        {pointed !== undefined && (
          <line className="cursor" x1={pointed * WIDTH} x2={pointed * WIDTH} y1="0" y2={HEIGHT} />
        )}
      </svg>
    </figure>
  );
}

function summary(series: Series[] | readonly Series[]): string {
  return series
    .map(({ name, values }) => `${name} ${rate(values.at(-1) ?? 0)} now, at most ${rate(Math.max(0, ...values))}`)
    .join('; ');
}
