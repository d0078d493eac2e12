/** Texts that the page shows. Each may be empty. */
interface Shown {
  messageId: string;
  route: string;
  title: string;
  error: string;
  said: string;
}

export function describeEvent(body: unknown): Shown;
