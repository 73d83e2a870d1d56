import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Bare } from '../scenario.js';

const row = {
  name: 'version',
  text: `insert into version (id, prompt_id, version, major, minor, patch, object_key, sha256, size, manifest, files, created_by)
         select $1, id, $2, 1, 0, 0, $3, '', $4, '{}', '[]', created_by from prompt where id = $5`,
};

/** Streams the whole form into the store, and commits a row. */
export function bareUpload({ server, pool, store }: Bare): void {
  server.post<{ Params: { id: string }; Body: Readable }>(
    '/v1/prompts/:id/versions',
    { bodyLimit: 16 * 1024 * 1024 },
    async (request, reply) => {
      const id = randomUUID();
      const size = Number(request.headers['content-length']);
      const key = await store.put(request.body, size);
      await pool.query({ ...row, values: [id, id, key, size, request.params.id] });
      return reply.code(201).send({ id, prompt_id: request.params.id, tarball_url: key, size });
    },
  );
}
