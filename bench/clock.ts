/** Milliseconds since 1970 with a fraction: fine enough to subtract, and the same in all processes of one machine. */
export function epochMs(): number {
  return performance.timeOrigin + performance.now();
}
