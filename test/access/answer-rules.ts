import type { ApiAnswer } from '../support/api.js';
import { isConductors, isOpenWebUis } from '../openapi/document.js';
import { routeOf, routes } from './ask-route.js';
import type { Actor } from './access-actors.js';
import { factsOf, type RouteFacts } from './route-facts.js';
import { type Row, rows } from './role-table.js';

const credentialHeaders = {
  registry: ['authorization'],
  conductor: ['x-authorization'],
  'open-webui': ['authorization', 'x-api-key', 'cookie'],
};
/** Two protocols share these: which headers there are decides who answers. */
const sharedPaths = ['listTemplates', 'saveTemplates'];

function protocolOf(operation: string): keyof typeof credentialHeaders {
  const path = routes.get(routeOf(operation))?.path ?? '';
  if (isOpenWebUis({ path })) return 'open-webui';
  return isConductors({ path }) ? 'conductor' : 'registry';
}

const allHeaders = Object.values(credentialHeaders).flat();

/** The errors in the caching headers of an answer; empty if there are none. */
export function cacheProblems(row: Row, actor: Actor, { status, headers }: ApiAnswer): string[] {
  const { answer } = factsOf(routeOf(row.operation));
  const reported = headers.get('cache-control') ?? '';
  const problems = [...varyProblems(row.operation, answer, headers)];
  if (answer === 'secret' && reported !== 'no-store') problems.push('a secret may be stored');
  if (status >= 400 && reported !== 'no-store') problems.push('an error may be stored');
  const isSameForAll = answer === 'same' || actor === 'stranger' || (answer === 'public' && row.prompt === 'public');
  if (!isSameForAll && !/\b(private|no-store)\b/.test(reported)) problems.push('what is for the caller may be shared');
  return problems.map((problem) => `${problem}: ${status} with Cache-Control: ${reported}`);
}

function varyProblems(operation: string, answer: RouteFacts['answer'], headers: Headers): string[] {
  const vary = (headers.get('vary') ?? '').toLowerCase().split(/ *, */);
  if (answer === 'same') return vary.some((name) => allHeaders.includes(name)) ? ['varies without need'] : [];
  if (answer === 'secret') return [];
  const isShared = sharedPaths.includes(routeOf(operation));
  const needed = isShared ? allHeaders : credentialHeaders[protocolOf(operation)];
  return needed.filter((name) => !vary.includes(name)).map((name) => `does not vary by ${name}`);
}

const readingOperation = { registry: 'getPrompt', conductor: 'getTemplate', 'open-webui': 'getCommand' };

/** Whether the actor may read the prompt that a row is about, through the row's protocol. */
export function mayRead({ operation, prompt }: Row, actor: Actor): boolean {
  if (prompt !== 'private') return true;
  const reading = readingOperation[protocolOf(operation)];
  return rows.find((row) => row.operation === reading && row.prompt === 'private')?.statuses[actor] === 200;
}
