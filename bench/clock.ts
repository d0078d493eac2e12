/** Milliseconds since 1970 with a fraction, comparable between all processes of one machine. */
export function epochMs(): number {
  return performance.timeOrigin + performance.now();
}
