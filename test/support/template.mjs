// One migrated database, of which every spec file gets a copy.
import pg from 'pg';
import { MikroORM } from '@mikro-orm/postgresql';
import { entities } from '../../dist/app/app.entities.js';
import { migrate } from '../../dist/database/migrate.js';
import { ormOptions } from '../../dist/database/orm-options.js';

const template = 'promptyard_template';

export async function prepareTemplate(databaseUrl) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(`drop database if exists ${template}`);
  await client.query(`create database ${template}`);
  await client.end();
  const url = Object.assign(new URL(databaseUrl), { pathname: `/${template}` }).href;
  const orm = await MikroORM.init(ormOptions({ url, poolSize: 2 }, entities));
  await migrate(orm, url);
  await orm.close();
}
