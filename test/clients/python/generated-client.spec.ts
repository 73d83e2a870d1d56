import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { operations } from '../../openapi/document.js';
import { startTestServer, type TestServer } from '../../support/test-server.js';
import { consume, generateClient, installGenerator } from './generator.js';

const generator = await installGenerator();
const programs = 'programs' in generator ? generator.programs : '';
const describeInstalled = 'programs' in generator ? describe : describe.skip;
const remark = 'reason' in generator ? ` (not run: ${generator.reason})` : '';

describeInstalled(`the client that openapi-python-client makes of the document${remark}`, () => {
  let server: TestServer;
  let folder: string;
  let report: Record<string, unknown>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'promptyard-python-'));
    [server] = await Promise.all([startTestServer(), generateClient(programs, folder)]);
    report = (await consume(programs, folder, server.url, server.adminKey)) as Record<string, unknown>;
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  it('has every operation', () => {
    expect(report.operations).toEqual(operations.map(({ id }) => snakeCase(id)).sort());
  });

  it('makes a prompt and a revision', () => {
    expect(report.prompt).toEqual(['greeting', 'private', true]);
    expect(report.revision).toEqual([1, expect.stringMatching(/^sha256:[0-9a-f]{64}$/), ['production']]);
  });

  it('reads the revision of a label, and computes its digest', () => {
    const [, digest] = report.revision as [number, string];
    expect(report.resolved).toEqual(['Hello {{who}}, grüß dich.', 'production', digest]);
    expect(report.unset).toBe(true);
    expect(report.unchanged).toEqual([304, null]);
  });

  it('renders it', () => {
    const [, digest] = report.revision as [number, string];
    expect(report.rendered).toEqual(['Hello Ada, grüß dich.', ['who'], digest]);
  });

  it('distinguishes errors by their types', () => {
    expect(report.missing).toEqual(['NotFoundError', 'NOT_FOUND', 'prompt not found']);
    expect(report.invalid).toEqual(['ValidationError', expect.stringMatching(/^must /)]);
    expect(report.unready).toEqual(['ValidationError', 'is required']);
    expect(report.rival).toEqual(['ConflictError', 'prompt already exists']);
    expect(report.refused).toEqual(['UnauthorizedError', 'invalid access token']);
  });
});

/** As the generator writes names: `getAuditCsv` becomes `get_audit_csv`. */
function snakeCase(id: string): string {
  return id.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase();
}
