/**
 * Calls a listener of the caller. Exceptions and rejections of the listener go to `console.error`, together with its
 * arguments, and have no other effect. Callers do not wait for the returned promise.
 */
export async function tell<A extends unknown[]>(listener: (...told: A) => unknown, ...told: A): Promise<void> {
  try {
    await listener(...told);
  } catch (error) {
    console.error('Listener failed:', error, 'Arguments:', ...told);
  }
}
