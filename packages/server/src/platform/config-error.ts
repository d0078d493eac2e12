/** Error that the operator can fix. Printed without a stack. The process ends with status 78 (EX_CONFIG). */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
