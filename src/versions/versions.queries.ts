import { prepared } from '../database/prepared-statements.js';
import { guardedByPath, guardedColumns } from '../prompts/guarded-prompt.queries.js';

const columns = `v.id, v.version, v.object_key as "objectKey", v.sha256, v.size, v.created_at as "createdAt",
  coalesce(e.yanked, false) as yanked, e.yank_reason as "yankReason", e.deprecated`;
const release = 'left join release e on e.prompt_id = v.prompt_id and e.version = v.version';
const prompt = `with g as (select ${guardedColumns} ${guardedByPath})`;

// By hand: prepared, because every publication asks it first.
export const versionDigest = prepared(
  'version-digest',
  'select sha256 from version where prompt_id = $1 and version = $2',
);

// By hand: a hot read, whose access question and page come in one round trip. The lateral join keeps a prompt without
// versions in the result.
export const versionPage = prepared(
  'version-page',
  `${prompt}
   select g.*, ${columns}, v.sequence::text from g left join lateral (
     select * from version v where v.prompt_id = g.prompt_id
       and ($5::timestamptz is null or (v.created_at, v.sequence) < ($5, $6::bigint))
     order by v.created_at desc, v.sequence desc limit $7
   ) v on true ${release} order by v.created_at desc, v.sequence desc`,
);

// By hand: a hot read, whose access question and version come in one round trip.
export const versionByNumber = prepared(
  'version',
  `${prompt}
   select g.*, ${columns}, v.manifest, v.readme, v.files, e.revision
   from g left join version v on v.prompt_id = g.prompt_id and v.version = $5 ${release}`,
);

// By hand: the hottest read, whose access question and version come in one round trip.
export const downloadableVersion = prepared(
  'downloadable-version',
  `${prompt}
   select g.*, v.id, v.object_key as "objectKey", e.deprecated, e.deprecated_at as "deprecatedAt"
   from g left join version v on v.prompt_id = g.prompt_id and v.version = $5 ${release}`,
);
