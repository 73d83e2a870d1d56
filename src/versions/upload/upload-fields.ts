import { ValidationFailed } from '../../common/errors/catalogue.js';
import type { ErrorDetails } from '../../common/errors/define-error.js';
import { VersionNumber } from '../../prompts/version-number.js';
import type { UploadForm } from './receive-form.js';
import type { SpooledFile } from './spooled-file.js';

/** @throws ValidationFailed also with the problem of a missing or repeated tarball */
export function versionOf(form: UploadForm): string {
  const [version, ...more] = form.versions;
  const result = VersionNumber.safeParse(version);
  const problem = more.length > 0 ? 'must be given once' : problemOf(version, result.error?.issues[0]?.message);
  if (problem === undefined && result.success) return result.data;
  const details: ErrorDetails = { version: problem };
  const tarball = countProblem(form);
  if (tarball) details.tarball = tarball;
  throw ValidationFailed(details);
}

function problemOf(version: string | undefined, issue: string | undefined): string | undefined {
  return version === undefined ? 'is required' : issue;
}

/** @throws ValidationFailed unless there is one tarball that is not empty */
export function tarballOf(form: UploadForm): SpooledFile {
  const [tarball] = form.tarballs;
  const problem = countProblem(form) ?? (tarball?.size === 0 ? 'is empty' : undefined);
  if (problem !== undefined || !tarball) throw ValidationFailed({ tarball: problem });
  return tarball;
}

function countProblem({ tarballs, tarballTexts }: UploadForm): string | undefined {
  if (tarballs.length + tarballTexts > 1) return 'must be given once';
  if (tarballTexts === 1) return 'must be a file';
  return tarballs.length === 0 ? 'is required' : undefined;
}
