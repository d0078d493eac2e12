/** Limits for a campaign. Long enough to wait for a busy or restarting server. */
export const PATIENCE = { timeoutMs: 300_000, maxRetries: 1_000 };
