// An edge worker that uses the package and responds with the result.
import { use } from './edge.mjs';

export default {
  fetch: async (_request, { BASE_URL }) => Response.json(await use(BASE_URL)),
};
