/** Properties that all operator routes have in the API document. */
export const ADMIN = {
  tags: ['Operator'],
  security: [{ operator: [] }],
};
