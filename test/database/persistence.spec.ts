import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import ts from 'typescript';

const sources = globSync('src/**/*.ts', { exclude: ['src/**/*.queries.ts', 'src/database/migrations/*.ts'] });
const repositories = sources.filter((file) => file.endsWith('.repository.ts'));

const sql = new RegExp(
  [
    String.raw`\bselect\b[^]*\b(from|pg_\w+|set_config|\$\d)`,
    String.raw`\binsert into \w`,
    String.raw`\bdelete from \w`,
    String.raw`\bupdate \w+ (\w+ )?set\b`,
    String.raw`\block table\b`,
    String.raw`\bset local\b`,
    String.raw`\bjoin \w+ \w+ on\b`,
    String.raw`^listen\b`,
  ].join('|'),
);

/** Files with SQL that no entity manager runs, and why. */
const exceptions = new Map([
  ['src/database/batch/entity-writes.ts', 'writes what the ORM says has changed'],
  ['src/database/change-feed.ts', 'listens on a connection of its own'],
  ['src/database/migrate.ts', 'runs before the ORM does'],
  ['src/database/connections/background-transactions.ts', 'limits its transaction'],
  ['src/database/connections/postgres-connection.ts', 'limits its transactions'],
  ['src/database/connections/session-check.ts', 'runs before the ORM does'],
  ['src/database/connections/usable-database.ts', 'runs before the ORM does'],
  ['src/versions/reservations/instance-lease.service.ts', 'holds its lock on a connection of its own'],
]);

function textsOf(file: string): string[] {
  const texts: string[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) texts.push(node.getText());
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true));
  return texts.map((text) => text.slice(1, -1));
}

it('has SQL in *.queries.ts and migrations only', () => {
  const withSql = sources.filter((file) => textsOf(file).some((text) => sql.test(text)));
  expect(withSql.filter((file) => !exceptions.has(file))).toEqual([]);
  expect([...exceptions.keys()].filter((file) => !withSql.includes(file))).toEqual([]);
});

it('has repositories that extend the one of the ORM', () => {
  const others = repositories.filter((file) => {
    return !/^export class \w+Repository extends EntityRepository<\w+>/m.test(readFileSync(file, 'utf8'));
  });
  expect(others).toEqual([]);
});

it('makes no shapes of protocols in repositories', () => {
  const withDto = repositories.filter((file) => /from '[^']+\.dto\.js'/.test(readFileSync(file, 'utf8')));
  expect(withDto).toEqual([]);
});

it('gives a reason for each statement by hand, and lists them in docs/persistence.md', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/persistence.mjs', '--check'], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
