/** Prints one line of the report: name, figures, and the reference of a ratio. */
export function print(name: string, ...figures: (string | undefined)[]): void {
  process.stdout.write(`${name.padEnd(30)} ${figures.filter((figure) => figure !== undefined).join('   ')}\n`);
}

export const perSecond = (rate: number) => `${Math.round(rate).toLocaleString('en')}/s`;

export const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`;

export const times = (one: number, other: number) => `${(one / other).toFixed(1)} ×`;

/** @returns for example `cores: server 0.91, loader 0.12` */
export const cores = (used: Record<string, number>) =>
  `cores: ${Object.entries(used)
    .map(([name, count]) => `${name} ${count.toFixed(2)}`)
    .join(', ')}`;
