import { fileURLToPath } from 'node:url';
import { defineConfig } from '@hey-api/openapi-ts';

/** The generated client: `npm run client` writes it, and a test compares it with what is checked in. */
export default defineConfig({
  input: './openapi/openapi.json',
  output: {
    path: 'openapi/client/src',
    tsConfigPath: fileURLToPath(new URL('openapi/client/tsconfig.json', import.meta.url)),
    postProcess: [],
  },
  plugins: ['@hey-api/typescript', '@hey-api/sdk', { name: '@hey-api/client-fetch', baseUrl: false }],
  parser: {
    patch: {
      operations: {
        // `fetch` follows the redirect, so what a caller of the client sees is the tarball behind it.
        'GET /v1/prompts/{owner}/{name}/versions/{version}/download': (operation) => {
          const schema = { type: 'string', format: 'binary' };
          operation.responses = {
            ...operation.responses,
            200: { description: 'The tarball.', content: { 'application/gzip': { schema } } },
          };
        },
      },
    },
  },
});
