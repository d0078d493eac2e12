const STEPS = [1, 2, 2.5, 5, 10];

/** Returns the smallest round number that is not below a value. @param value 0 or more, with a result of at least 1. */
export function roundUp(value: number): number {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = STEPS.find((candidate) => candidate * power >= value) ?? 20;
  return step * power;
}

/** Returns the SVG path of a line in a box, empty without values. */
export function linePath(values: readonly number[], top: number, width: number, height: number): string {
  if (values.length === 0) return '';
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  const points = values.map((value, i) => `${(i * step).toFixed(1)},${(height - (value / top) * height).toFixed(1)}`);
  return `M${points.join('L')}`;
}

/** Reduces values to at most `most`. Keeps the maximum of each group, so that no peak is lost. */
export function thinned(values: readonly number[], most: number): number[] {
  if (values.length <= most) return [...values];
  const size = values.length / most;
  return Array.from({ length: most }, (_, i) => {
    const stood = values.slice(Math.floor(i * size), Math.floor((i + 1) * size));
    return Math.max(0, ...stood);
  });
}
