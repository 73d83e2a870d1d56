import type { ValidPackage } from '../package/check-package.js';
import { UploadedVersion } from './answers.js';
import type { Api } from './api.js';
import { path } from './path.js';

/** Uploads a package as a version; `onBytes` is told of the form's bytes as they are taken. */
export async function uploadVersion(
  api: Api,
  promptId: string,
  { identity, archive }: Pick<ValidPackage, 'identity' | 'archive'>,
  onBytes: (amount: number) => void = () => undefined,
): Promise<UploadedVersion> {
  const form = new FormData();
  form.set('version', identity.version);
  form.set('tarball', new Blob([new Uint8Array(archive)], { type: 'application/gzip' }), 'package.tar.gz');
  // A Response writes the form as fetch itself would, but lets us watch.
  const encoded = new Response(form);
  const counting = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      onBytes(chunk.byteLength);
      controller.enqueue(chunk);
    },
  });
  return api.send(UploadedVersion, 'POST', path`/v1/prompts/${promptId}/versions`, {
    headers: { 'content-type': encoded.headers.get('content-type') ?? '' },
    stream: encoded.body?.pipeThrough(counting),
  });
}
