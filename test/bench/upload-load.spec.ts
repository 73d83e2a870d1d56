import { gunzipSync } from 'node:zlib';
import { bodyOf } from '../../bench/load/load.js';
import { uploadLoad } from '../../bench/load/upload-load.js';

const uploads = ['00', '01', '02'].map((number) => {
  return { id: number, owner: 'user-0', name: `upload-${number}`, path: `/v1/prompts/user-0/upload-${number}` };
});
const fixtures = {
  uploads,
  apiKey: 'key',
  manyTemplatesKey: '',
  published: [],
  templates: [],
  listed: { hundred: [], thousand: [] },
  etags: new Map<string, string>(),
};

it.each([4_096, 200_000])('makes packages of %d bytes that differ, each with its own checksum', async (bytes) => {
  const { body, requests } = await uploadLoad(fixtures, bytes, { first: 100_000_000, count: 5 });
  if (!body) throw new Error('an upload has a body');
  for (const row of [0, 4]) {
    const form = bodyOf(body, row).toString('latin1');
    const version = `1.0.${100_000_000 + row}`;
    const prompt = uploads[row % uploads.length];
    expect(form).toContain(`name="version"\r\n\r\n${version}\r\n`);
    const archive = Buffer.from(form.slice(form.indexOf('gzip\r\n\r\n') + 8, form.lastIndexOf('\r\n--')), 'latin1');
    // A wrong checksum makes this throw.
    const tar = gunzipSync(archive);
    expect(tar.length).toBeGreaterThanOrEqual(bytes - 512);
    expect(tar.toString('latin1')).toContain(`name: ${prompt?.name ?? ''}\nversion: ${version}\n`);
    expect(requests[row % requests.length]?.path).toBe(`/v1/prompts/${prompt?.id ?? ''}/versions`);
  }
});
