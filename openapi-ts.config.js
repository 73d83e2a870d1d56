import { fileURLToPath } from 'node:url';
import { defineConfig } from '@hey-api/openapi-ts';

const pathTo = (file) => fileURLToPath(new URL(file, import.meta.url));

/**
 * The generated client: `npm run client` writes it, and a test, which names another folder, compares it with what is
 * checked in. An `--output` would take the place of all settings of the output, so the folder is not named by it.
 */
export default defineConfig({
  input: './openapi/openapi.json',
  output: {
    path: process.env.CLIENT_FOLDER ?? 'packages/client/src/generated',
    tsConfigPath: pathTo('packages/client/tsconfig.build.json'),
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
