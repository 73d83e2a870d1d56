import type { Scope } from '../../src/common/http/access.decorator.js';

/*
 * What holds for every call of a route, by every caller. A new route needs a row here, which says
 * - scopes: what credentials need, all of them; with `/person` a log-in by password needs none;
 * - answer: depends on the `caller`, is the `same` for all, is `public` for public prompts and the caller's for others,
 *   or holds a `secret`, which no cache stores;
 * - name: whether the route `frees` or `changes` the name of a prompt, which protected labels bind, or it `stays`.
 */
const table = `
operation                 scopes                        answer  name
searchPrompts             prompts:read                  caller  stays
getPromptById             prompts:read                  caller  stays
getPrompt                 prompts:read                  caller  stays
listVersions              prompts:read                  caller  stays
getVersion                prompts:read                  caller  stays
downloadVersion           prompts:read                  caller  stays
getDownloads              prompts:read                  caller  stays
getDownloadsCsv           prompts:read                  caller  stays
updatePrompt              prompts:write,prompts:read    caller  stays
deletePrompt              prompts:write                 caller  frees
restorePrompt             admin                         caller  stays
uploadVersion             versions:publish              caller  stays
listGrants                prompts:read                  caller  stays
setGrants                 prompts:write                 caller  stays
listPromptAuditEntries    prompts:read                  caller  stays
getPromptAuditCsv         prompts:read                  caller  stays
listRevisions             prompts:read                  caller  stays
getRevision               prompts:read                  caller  stays
diffRevisions             prompts:read                  caller  stays
listLabels                prompts:read                  caller  stays
getLabelHistory           prompts:read                  caller  stays
resolvePrompt             prompts:read                  public  stays
renderPrompt              prompts:read                  caller  stays
createRevision            prompts:write                 caller  stays
restoreRevision           prompts:write,prompts:read    caller  stays
moveLabel                 prompts:write                 caller  stays
deleteLabel               prompts:write                 caller  stays
protectLabel              prompts:write                 caller  stays
unprotectLabel            prompts:write                 caller  stays
releaseRevision           versions:publish              caller  stays
updateVersion             versions:publish              caller  stays
createPrompt              prompts:write                 caller  stays
publishPrompt             versions:publish              caller  stays
login                     -                             secret  stays
createApiKey              -                             caller  stays
listApiKeys               -                             caller  stays
revokeApiKey              -                             caller  stays
getMe                     -                             caller  stays
changePassword            -                             caller  stays
createUser                admin                         caller  stays
listUsers                 admin                         caller  stays
updateUser                admin                         caller  stays
listAuditEntries          admin                         caller  stays
getAuditCsv               admin                         caller  stays
listGroups                prompts:read                  caller  stays
createGroup               admin                         caller  stays
getGroup                  prompts:read                  caller  stays
updateGroup               admin                         caller  stays
deleteGroup               admin                         caller  stays
addGroupMember            admin                         caller  stays
removeGroupMember         admin                         caller  stays
listOrganizations         prompts:read                  caller  stays
createOrganization        admin/person                  caller  stays
getOrganization           prompts:read                  caller  stays
updateOrganization        admin/person                  caller  stays
setOrganizationMember     admin/person                  caller  stays
removeOrganizationMember  admin/person                  caller  stays
createToken               -                             secret  stays
getTokenUser              -                             caller  stays
listIntegrationProviders  prompts:read                  caller  stays
getIntegrationProvider    prompts:read                  caller  stays
saveIntegrationProvider   admin                         caller  stays
deleteIntegrationProvider admin                         caller  stays
listIntegrationModels     prompts:read                  caller  stays
getIntegrationModel       prompts:read                  caller  stays
saveIntegrationModel      admin                         caller  stays
deleteIntegrationModel    admin                         caller  stays
listTemplatesOfModel      prompts:read                  caller  stays
addTemplateToModel        prompts:write                 caller  stays
testPrompt                prompts:read                  caller  stays
getPermissions            prompts:read                  caller  stays
grantPermissions          prompts:write                 caller  stays
removePermissions         prompts:write                 caller  stays
listTemplates             prompts:read                  caller  stays
saveTemplates             prompts:write                 caller  stays
getTemplate               prompts:read                  caller  stays
listTemplateVersions      prompts:read                  caller  stays
listTemplateTags          prompts:read                  caller  stays
saveTemplate              prompts:write                 caller  stays
createTemplate            prompts:write                 caller  stays
addTemplateTags           prompts:write                 caller  stays
removeTemplateTags        prompts:write                 caller  stays
deleteTemplateVersion     prompts:write                 caller  frees
deleteTemplate            prompts:write                 caller  frees
getCommand                prompts:read                  caller  stays
getCommandByName          prompts:read                  caller  stays
listCommandHistory        prompts:read                  caller  stays
getHistoryEntry           prompts:read                  caller  stays
diffHistoryEntries        prompts:read                  caller  stays
updateCommand             prompts:write,prompts:read    caller  changes
updateCommandMeta         prompts:write,prompts:read    caller  changes
setCommandVersion         prompts:write,prompts:read    caller  stays
deleteHistoryEntry        prompts:write                 caller  stays
deleteCommand             prompts:write                 caller  frees
shareCommand              prompts:write,prompts:read    caller  stays
toggleCommand             prompts:write,prompts:read    caller  stays
listCommands              prompts:read                  caller  stays
listCommandTags           prompts:read                  caller  stays
searchCommands            prompts:read                  caller  stays
listShareableGroups       prompts:read                  caller  stays
searchUsers               prompts:read                  caller  stays
getSessionUser            -                             caller  stays
signIn                    -                             secret  stays
signUp                    -                             secret  stays
signOut                   -                             secret  stays
createCommand             prompts:write                 caller  stays
getLiveness               -                             same    stays
getReadiness              -                             same    stays
getMetrics                -                             same    stays
`;

export interface RouteFacts {
  readonly operation: string;
  readonly scopes: readonly Scope[];
  readonly orPerson: boolean;
  readonly answer: 'caller' | 'public' | 'same' | 'secret';
  readonly name: 'frees' | 'changes' | 'stays';
}

export const routeFacts: readonly RouteFacts[] = table
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [operation = '', needed = '', answer, name] = line.split(/ +/);
    const [scopes = '', person] = needed.split('/');
    return {
      operation,
      scopes: scopes === '-' ? [] : (scopes.split(',') as Scope[]),
      orPerson: person !== undefined,
      answer: answer as RouteFacts['answer'],
      name: name as RouteFacts['name'],
    };
  });

export function factsOf(operation: string): RouteFacts {
  const found = routeFacts.find((facts) => facts.operation === operation);
  if (!found) throw new Error(`${operation} has no row`);
  return found;
}
