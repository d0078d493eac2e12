/** What the document says of every operator route. */
export const ADMIN = {
  tags: ['Operator'],
  security: [{ operator: [] }],
};
