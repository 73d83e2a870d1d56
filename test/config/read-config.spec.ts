import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Environment, InvalidConfiguration, readConfig } from '../../src/config/config.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'promptyard-config-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (env: Environment = {}) => readConfig({ DATA_DIR: folder, ...env });

function problemsOf(env: Environment): readonly string[] {
  try {
    read(env);
  } catch (error) {
    if (error instanceof InvalidConfiguration) return error.problems;
    throw error;
  }
  return [];
}

const s3 = { S3_ENDPOINT: 'http://s3.example:9000', S3_BUCKET: 'packages', S3_ACCESS_KEY: 'a', S3_SECRET_KEY: 's' };

describe('without any setting', () => {
  it('has the documented defaults', () => {
    const config = readConfig({ JWT_SECRET: 'j'.repeat(32), ENCRYPTION_KEY: 'e'.repeat(32) });
    expect(config.server).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      publicUrl: undefined,
      logLevel: 'info',
      trustProxy: false,
      corsOrigins: [],
      rateLimitPerMinute: 0,
    });
    expect(config.dataDirectory).toBe(join(process.cwd(), 'data'));
    expect(config.database.url).toBe('');
    expect(config.storage.kind).toBe('disk');
    expect(config.auth).toMatchObject({
      adminUsername: 'admin',
      adminEmail: 'admin@localhost',
      adminPassword: undefined,
      loginAttemptsPerMinute: 10,
    });
    expect(config.versions.downloadUrlTtlSeconds).toBe(15 * 60);
    expect(config.versions.uploadQueueLimit).toBeGreaterThanOrEqual(256);
  });

  it('treats an empty value as unset', () => {
    const blank = Object.fromEntries(
      ['HOST', 'PORT', 'PUBLIC_URL', 'LOG_LEVEL', 'S3_ENDPOINT', 'TRUST_PROXY'].map((name) => [name, '']),
    );
    expect(read(blank).server).toEqual(read().server);
  });
});

describe('the object store', () => {
  it('is on disk if only a database is configured', () => {
    expect(read({ DATABASE_URL: 'postgresql://db.example/registry' }).storage.kind).toBe('disk');
  });

  it('is S3 if all its settings are given', () => {
    expect(read(s3).storage).toMatchObject({
      kind: 's3',
      endpoint: 'http://s3.example:9000',
      publicEndpoint: 'http://s3.example:9000',
      region: 'us-east-1',
      bucket: 'packages',
      forcePathStyle: true,
    });
  });

  it.each(Object.keys(s3))('is an error that names %s if only that is missing', (name) => {
    expect(problemsOf({ ...s3, [name]: undefined })).toEqual([
      `${name} is missing: S3 storage is only half configured`,
    ]);
  });

  it.each(['S3_ENDPOINT', 'S3_BUCKET', 'S3_REGION', 'S3_PUBLIC_ENDPOINT', 'S3_FORCE_PATH_STYLE'])(
    'is an error that names all missing settings if only %s is given',
    (name) => {
      const values: Record<string, string> = {
        S3_ENDPOINT: s3.S3_ENDPOINT,
        S3_PUBLIC_ENDPOINT: 'http://public.example',
        S3_FORCE_PATH_STYLE: 'true',
      };
      const missing = Object.keys(s3).filter((each) => each !== name);
      const problems = problemsOf({ [name]: values[name] ?? 'xyz' });
      expect(problems.map((problem) => problem.split(' ', 1)[0])).toEqual(missing);
    },
  );
});

describe('an address of the object store', () => {
  it.each([
    'http://store:9000/packages',
    'https://user:secret@store',
    'http://store:9000?x=1',
    'http://store:9000#x',
    'http://st$re:9000',
    'http://_store',
  ])('must not be %s', (address) => {
    for (const name of ['S3_ENDPOINT', 'S3_PUBLIC_ENDPOINT']) {
      expect(problemsOf({ ...s3, [name]: address })).toEqual([
        `${name} must be the address of a host, without a path, such as https://s3.example.com:9000`,
      ]);
    }
  });

  it.each(['http://store:9000', 'https://my_store.example/', 'http://[::1]:9000', 'http://10.0.0.7'])(
    'may be %s',
    (address) => {
      expect(problemsOf({ ...s3, S3_ENDPOINT: address, S3_PUBLIC_ENDPOINT: address })).toEqual([]);
    },
  );
});

describe('the name of a bucket', () => {
  it.each(['b', 'Packages', 'my_packages', 'a..b', '-packages', 'packages.', '10.0.0.7', 'x'.repeat(64), 'a/b'])(
    'is not %s',
    (name) => {
      const [problem, ...others] = problemsOf({ ...s3, S3_BUCKET: name });
      expect(others).toEqual([]);
      expect(problem).toMatch(/^S3_BUCKET must be 3 to 63 lower-case letters.*$/);
    },
  );

  it('comes with the name of a region', () => {
    expect(problemsOf({ ...s3, S3_REGION: 'eu west/1' })).toEqual([
      'S3_REGION must be the name of a region, such as us-east-1',
    ]);
  });
});

describe('TRUST_PROXY', () => {
  it.each([
    ['', false],
    ['false', false],
    ['off', false],
    ['0', false],
    ['true', 1],
    ['On', 1],
    ['1', 1],
    ['3', 3],
    ['loopback', ['loopback']],
    ['127.0.0.1, 10.0.0.0/8,fd00::/8', ['127.0.0.1', '10.0.0.0/8', 'fd00::/8']],
  ])('reads %j as %j', (value, expected) => {
    expect(read({ TRUST_PROXY: value }).server.trustProxy).toEqual(expected);
  });

  it.each(['maybe', '-1', '1.5', '33', '0.0.0.0/0', '::/0', '10.0.0.0/33', '10.0.0.0/8,', 'proxy.example', '*'])(
    'refuses %j',
    (value) => {
      expect(problemsOf({ TRUST_PROXY: value })).toEqual([expect.stringContaining('TRUST_PROXY must be false, true,')]);
    },
  );
});

describe('read replicas', () => {
  const DATABASE_URL = 'postgresql://app@db.example/registry';
  const replicas = 'postgresql://app@one.example/registry, postgres://app@two.example:5433/registry';

  it('are none by default, and may be five seconds behind', () => {
    expect(read({ DATABASE_URL }).database).toMatchObject({ replicaUrls: [], maxReplicaLagMs: 5_000 });
  });

  it('are separated by commas', () => {
    const { replicaUrls } = read({ DATABASE_URL, DATABASE_READ_URLS: replicas }).database;
    expect(replicaUrls).toEqual(replicas.split(', '));
  });

  it.each([
    [{ DATABASE_URL, DATABASE_READ_URLS: 'mysql://one.example/registry' }, /^DATABASE_READ_URLS must be postgresql:/],
    [{ DATABASE_URL, DATABASE_READ_URLS: 'postgresql://one.example/registry,' }, /^DATABASE_READ_URLS must be/],
    [{ DATABASE_URL, DATABASE_READ_URLS: 'postgresql://:x:y' }, /^DATABASE_READ_URLS must be postgresql:/],
    [{ DATABASE_READ_URLS: replicas }, /^DATABASE_READ_URLS needs DATABASE_URL/],
    [{ DATABASE_URL, DATABASE_READ_URLS: DATABASE_URL }, /^DATABASE_READ_URLS must name databases other than/],
    [
      { DATABASE_URL, DATABASE_READ_URLS: 'postgres://reader@DB.example:5432/registry' },
      /^DATABASE_READ_URLS must name/,
    ],
    [{ DATABASE_URL, DATABASE_READ_URLS: `${replicas},${replicas}` }, /^DATABASE_READ_URLS must name databases/],
    [{ DATABASE_READ_MAX_LAG_SECONDS: '0' }, /^DATABASE_READ_MAX_LAG_SECONDS must be at least 1/],
  ])('are refused: %j', (settings, problem) => {
    expect(problemsOf(settings)).toEqual([expect.stringMatching(problem)]);
  });
});

describe('what is wrong', () => {
  it('is reported together, by the name of each variable', () => {
    const problems = problemsOf({
      PORT: 'eighty',
      PUBLIC_URL: 'prompts.example',
      LOG_LEVEL: 'loud',
      TRUST_PROXY: 'maybe',
      RATE_LIMIT_PER_MINUTE: '-1',
      DATABASE_URL: 'mysql://db.example',
      S3_ENDPOINT: 'ftp://s3.example',
      S3_BUCKET: 'packages',
      ADMIN_USERNAME: 'Not A Slug',
      ADMIN_PASSWORD: 'short',
      JWT_SECRET: 'short',
      ENCRYPTION_KEY: 'short',
      LOGIN_ATTEMPTS_PER_MINUTE: '0',
      UPLOAD_QUEUE_LIMIT: '255',
    });
    expect(problems.map((problem) => problem.split(' ', 1)[0]).sort()).toEqual([
      'ADMIN_PASSWORD',
      'ADMIN_USERNAME',
      'DATABASE_URL',
      'ENCRYPTION_KEY',
      'JWT_SECRET',
      'LOGIN_ATTEMPTS_PER_MINUTE',
      'LOG_LEVEL',
      'PORT',
      'PUBLIC_URL',
      'RATE_LIMIT_PER_MINUTE',
      'S3_ACCESS_KEY',
      'S3_ENDPOINT',
      'S3_SECRET_KEY',
      'TRUST_PROXY',
      'UPLOAD_QUEUE_LIMIT',
    ]);
  });

  it('does not contain the values of secrets', () => {
    const problems = problemsOf({ PORT: '70000', JWT_SECRET: 'hunter2', ADMIN_PASSWORD: 'hunter2' }).join('\n');
    expect(problems).toContain('PORT must be at most 65535');
    expect(problems).not.toContain('hunter2');
  });

  it('leaves no secret in the data folder', () => {
    problemsOf({ PORT: 'eighty' });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('secrets', () => {
  it('are created in the data folder, readable by its owner only', () => {
    const { auth } = read();
    for (const [name, secret] of Object.entries({
      'jwt-secret': auth.jwtSecret,
      'encryption-key': auth.encryptionKey,
    })) {
      const path = join(folder, name);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(readFileSync(path, 'utf8')).toBe(secret);
      expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    }
    expect(auth.jwtSecret).not.toBe(auth.encryptionKey);
    expect(readdirSync(folder).sort()).toEqual(['encryption-key', 'jwt-secret']);
  });

  it('stay the same over restarts', () => {
    expect(read()).toEqual(read());
  });

  it('are taken from the environment if set, and are not written then', () => {
    const { auth } = read({ JWT_SECRET: 'j'.repeat(32), ENCRYPTION_KEY: 'e'.repeat(32) });
    expect([auth.jwtSecret, auth.encryptionKey]).toEqual(['j'.repeat(32), 'e'.repeat(32)]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('derive a separate key for each purpose', () => {
    const { storage, analytics } = read();
    const urlKey = storage.kind === 'disk' ? storage.urlSigningKey.toString('hex') : '';
    expect(urlKey).not.toBe(analytics.visitorSalt.toString('hex'));
    expect(urlKey).toMatch(/^[0-9a-f]{64}$/);
  });
});
