import { defineEntity } from '@mikro-orm/core';

/** Downloads of a prompt or a version (`scopeId`) on one day in UTC. Written by the roll-up alone. */
export const DownloadDay = defineEntity({
  name: 'DownloadDay',
  tableName: 'download_day',
  properties: (p) => ({
    scopeId: p.uuid().primary(),
    day: p.date().primary(),
    downloads: p.bigint('number'),
    /** Visitors, each counted once. */
    visitors: p.bigint('number'),
  }),
});

/** Downloads of a version in one hour. Written by the roll-up alone. */
export const DownloadHour = defineEntity({
  name: 'DownloadHour',
  tableName: 'download_hour',
  properties: (p) => ({
    versionId: p.uuid().primary(),
    hour: p.datetime(0).primary(),
    downloads: p.bigint('number'),
  }),
});

/** Who is counted among the visitors of a day already. Deleted when the day is over. */
export const DownloadVisitor = defineEntity({
  name: 'DownloadVisitor',
  tableName: 'download_visitor',
  properties: (p) => ({
    scopeId: p.uuid().primary(),
    day: p.date().primary(),
    visitor: p.blob().primary(),
  }),
});

/** The one row that says from which transaction on downloads are not in the sums yet. */
export const DownloadRollup = defineEntity({
  name: 'DownloadRollup',
  tableName: 'download_rollup',
  properties: (p) => ({
    id: p.boolean().primary().default(true),
    nextTransaction: p.string().columnType('xid8'),
    nextHourTransaction: p.string().columnType('xid8'),
    /** By how much transactions count as later since a restore into another cluster. */
    shift: p.bigint('string').defaultRaw('0'),
  }),
});
