// A worker at the edge: uses the package, and answers with what came of it.
import { use } from './edge.mjs';

export default {
  fetch: async (_request, { BASE_URL }) => Response.json(await use(BASE_URL)),
};
