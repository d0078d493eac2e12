/**
 * Tells a caller's listener. What that throws, or rejects with, goes to `console.error` along with what it was told: it
 * changes nothing else. Nobody waits for it.
 */
export async function tell<A extends unknown[]>(listener: (...told: A) => unknown, ...told: A): Promise<void> {
  try {
    await listener(...told);
  } catch (error) {
    console.error('A listener failed:', error, 'It was told:', ...told);
  }
}
