/** Public credentials, the same in every sandbox (docs/sandbox.md). */
export const DEMO_CLIENT = { clientId: 'rc_test_client_123', clientSecret: 'rc_secret_abc123' };
export const DEMO_TOKEN = 'rc_token_example';
