import { call } from '../../support/api.js';
import { field, multipart, type Part, tarball } from '../../support/form.js';
import { packageOf } from '../../support/packages.js';
import { aUser, type TestUser } from '../../support/users.js';
import { aPrompt, postForm, type TestPrompt } from '../../support/prompts.js';
import { startTestServer, type TestServer } from '../../support/test-server.js';

let server: TestServer;
let alice: TestUser;
let prompt: TestPrompt;
let archive: Buffer;
beforeAll(async () => {
  server = await startTestServer();
  alice = await aUser(server);
  prompt = await aPrompt(server).ownedBy(alice).withVersion('1.0.0').make();
  archive = await packageOf({ name: prompt.name, version: '2.0.0' });
});
afterAll(() => server.stop());

const wrongFormat = 'must match ^\\d+\\.\\d+\\.\\d+$';
const upload = (...parts: Part[]) => postForm(server, prompt, alice.key, multipart(...parts));
const refusal = (details: object) => ({ error: 'VALIDATION_ERROR', message: 'validation failed', details });

afterEach(async () => {
  const { body } = await call(server, 'GET', `${prompt.path}/versions`);
  expect(body.items.map(({ version }) => version)).toEqual(['1.0.0']);
});

describe('version', () => {
  it.each([
    ['empty', ''],
    ['two numbers', '1.0'],
    ['four numbers', '1.0.0.0'],
    ['a leading v', 'v1.0.0'],
    ['a pre-release', '1.0.0-rc.1'],
    ['build metadata', '1.0.0+1'],
    ['a space before', ' 2.0.0'],
    ['a space behind', '2.0.0 '],
    ['a line break behind', '2.0.0\n'],
    ['a sign', '+1.0.0'],
    ['an exponent', '1e1.0.0'],
    ['a hexadecimal number', '0x1.0.0'],
    ['an empty number', '1..0'],
    ['Arabic-Indic digits', '\u0661.\u0660.\u0660'],
    ['full-width digits', '\uff11.0.0'],
    ['a NUL', '2.0.0\0'],
    ['the word latest', 'latest'],
    ['a word of an object', '__proto__'],
    ['100 000 characters', '1'.repeat(100_000)],
  ])('is refused: %s', async (_what, version) => {
    const { status, body } = await upload(field('version', version), tarball(archive));
    expect([status, body]).toEqual([422, refusal({ version: wrongFormat })]);
  });

  it('is refused when its bytes do not decode', async () => {
    const bytes = Buffer.concat([Buffer.from('2.0.0'), Buffer.from([0xff])]);
    const { status, body } = await upload(field('version', bytes), tarball(archive));
    expect([status, body]).toEqual([422, refusal({ version: wrongFormat })]);
  });

  it.each([
    '01.0.0',
    '1.00.0',
    '1.0.01',
    '2147483648.0.0',
    '0.2147483648.0',
    '0.0.2147483648',
    `0.0.${'9'.repeat(400)}`,
  ])('is refused for its numbers: %s', async (version) => {
    const { status, body } = await upload(field('version', version), tarball(archive));
    const problem = 'must have no leading zeros and no number over 2147483647';
    expect([status, body]).toEqual([422, refusal({ version: problem })]);
  });

  it('is required', async () => {
    const { status, body } = await upload(tarball(archive));
    expect([status, body]).toEqual([422, refusal({ version: 'is required' })]);
  });

  it('is given once, even if both say the same', async () => {
    const { status, body } = await upload(field('version', '2.0.0'), field('version', '2.0.0'), tarball(archive));
    expect([status, body]).toEqual([422, refusal({ version: 'must be given once' })]);
  });

  it('is no file', async () => {
    const { status, body } = await upload({ name: 'version', filename: 'v', body: '2.0.0' }, tarball(archive));
    expect([status, body]).toEqual([422, refusal({ version: 'is required' })]);
  });

  it('is reported together with a missing tarball', async () => {
    const { body } = await upload(field('version', 'x'));
    expect(body).toEqual(refusal({ version: wrongFormat, tarball: 'is required' }));
  });

  it('is reported together with a second tarball', async () => {
    const { body } = await upload(field('version', 'x'), tarball(archive), tarball(archive));
    expect(body).toEqual(refusal({ version: wrongFormat, tarball: 'must be given once' }));
  });

  it('is reported alone when the tarball is not a package', async () => {
    const { body } = await upload(tarball(Buffer.from('no gzip')), field('version', 'x'));
    expect(body).toEqual(refusal({ version: wrongFormat }));
  });

  it('is reported alone when the tarball is empty', async () => {
    const { body } = await upload(tarball(Buffer.alloc(0)), field('version', 'x'));
    expect(body).toEqual(refusal({ version: wrongFormat }));
  });
});

describe('tarball', () => {
  const version = field('version', '2.0.0');

  it('is required', async () => {
    const { status, body } = await upload(version);
    expect([status, body]).toEqual([422, refusal({ tarball: 'is required' })]);
  });

  it('is given once', async () => {
    const { status, body } = await upload(version, tarball(archive), tarball(archive));
    expect([status, body]).toEqual([422, refusal({ tarball: 'must be given once' })]);
  });

  it('is given once, not as a file and a text', async () => {
    const { status, body } = await upload(field('tarball', 'text'), version, tarball(archive));
    expect([status, body]).toEqual([422, refusal({ tarball: 'must be given once' })]);
  });

  it('is not empty', async () => {
    const { status, body } = await upload(version, tarball(Buffer.alloc(0)));
    expect([status, body]).toEqual([422, refusal({ tarball: 'is empty' })]);
  });

  it.each([undefined, 'text/plain'])('is no plain text field (part type %s)', async (type) => {
    const { status, body } = await upload(version, { name: 'tarball', body: archive, type });
    expect([status, body]).toEqual([422, refusal({ tarball: 'must be a file' })]);
  });

  it.each([
    ['no gzip', () => Buffer.from('hello'), /gzip/],
    ['truncated', () => archive.subarray(0, -20), /gzip/],
    ['with bytes behind it', () => Buffer.concat([archive, Buffer.from('x')]), /gzip/],
  ])('is a package: %s', async (_what, bytes, problem) => {
    const { status, body } = await upload(version, tarball(bytes()));
    expect([status, body]).toEqual([422, refusal({ tarball: expect.stringMatching(problem) })]);
    expect(body.details.tarball?.length).toBeLessThan(500);
  });

  it('has the same version as the form', async () => {
    const other = await packageOf({ name: prompt.name, version: '2.0.1' });
    const { status, body } = await upload(version, tarball(other));
    expect([status, body]).toEqual([422, refusal({ tarball: expect.stringContaining('version') })]);
  });

  it('has the name of the prompt', async () => {
    const other = await packageOf({ name: 'somebody-else', version: '2.0.0' });
    const { status, body } = await upload(version, tarball(other));
    expect([status, body]).toEqual([422, refusal({ tarball: expect.stringContaining('name') })]);
  });
});

describe('an upload that is no multipart form', () => {
  it.each(['application/json', 'application/gzip', 'application/x-www-form-urlencoded', 'multipart/mixed; boundary=x'])(
    'is refused for %s',
    async (type) => {
      const options = { token: alice.key, body: '{"version":"2.0.0"}', headers: { 'content-type': type } };
      const { status, body } = await call(server, 'POST', `${prompt.idPath}/versions`, options);
      expect([status, body]).toEqual([422, refusal({ tarball: 'must be sent as multipart/form-data' })]);
    },
  );

  it('is refused without a body', async () => {
    const { status, body } = await call(server, 'POST', `${prompt.idPath}/versions`, { token: alice.key });
    expect([status, body]).toEqual([422, refusal({ tarball: 'must be sent as multipart/form-data' })]);
  });
});
