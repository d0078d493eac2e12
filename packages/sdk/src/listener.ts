/**
 * Calls a listener of the caller. Exceptions and rejections of the listener go to `console.error`, together with its
 * arguments, and have no other effect. Callers do not wait for the returned promise.
 */
export async function tell<A extends unknown[]>(listener: (...args: A) => unknown, ...args: A): Promise<void> {
  try {
    await listener(...args);
  } catch (error) {
    console.error('Listener failed:', error, 'Arguments:', ...args);
  }
}
