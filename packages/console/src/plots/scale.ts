const STEPS = [1, 2, 2.5, 5, 10];

/** The least round number that is not below. @param value 0 or more; the answer is at least 1. */
export function roundUp(value: number): number {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = STEPS.find((candidate) => candidate * power >= value) ?? 20;
  return step * power;
}

/** The points of a line in a box, for an SVG path. No points make no line. */
export function linePath(values: readonly number[], top: number, width: number, height: number): string {
  if (values.length === 0) return '';
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  const points = values.map((value, i) => `${(i * step).toFixed(1)},${(height - (value / top) * height).toFixed(1)}`);
  return `M${points.join('L')}`;
}

/** At most that many, each the greatest of those that it stands for: a peak must not get lost. */
export function thinned(values: readonly number[], most: number): number[] {
  if (values.length <= most) return [...values];
  const size = values.length / most;
  return Array.from({ length: most }, (_, i) => {
    const stood = values.slice(Math.floor(i * size), Math.floor((i + 1) * size));
    return Math.max(0, ...stood);
  });
}
