import { prepared } from '../../database/prepared-statements.js';

// By hand: joins the revision for its variables.
export const releaseBefore = prepared(
  'release-before',
  `select e.version, r.variables from release e
   join revision r on r.prompt_id = e.prompt_id and r.number = e.revision
   where e.prompt_id = $1 and not e.yanked and (e.major, e.minor, e.patch) < ($2, $3, $4)
   order by e.major desc, e.minor desc, e.patch desc limit 1`,
);
