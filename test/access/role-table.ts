import { type Actor, actors } from './access-actors.js';

/* Columns: the actors in their order. The prompt belongs to an organization. */
const table = `
operation                 prompt   stranger wrong expired revoked unscoped elsewhere other member creator owner admin unscoped  reads writes group
searchPrompts             public   200      401   401     401     403      200       200   200    200     200   200   200       200   200    200
searchPrompts             private  200      401   401     401     403      200       200   200    200     200   200   200       200   200    200
getPromptById             public   200      401   401     401     403      200       200   200    200     200   200   200       200   200    200
getPromptById             private  404      401   401     401     403      404       404   200    200     200   200   404       200   200    200
getPrompt                 public   200      401   401     401     403      200       200   200    200     200   200   200       200   200    200
getPrompt                 private  404      401   401     401     403      404       404   200    200     200   200   404       200   200    200
listVersions              public   200      401   401     401     403      200       200   200    200     200   200   200       200   200    200
listVersions              private  404      401   401     401     403      404       404   200    200     200   200   404       200   200    200
getVersion                public   200      401   401     401     403      200       200   200    200     200   200   200       200   200    200
getVersion                private  404      401   401     401     403      404       404   200    200     200   200   404       200   200    200
downloadVersion           public   302      401   401     401     403      302       302   302    302     302   302   302       302   302    302
downloadVersion           private  404      401   401     401     403      404       404   302    302     302   302   404       302   302    302
getDownloads              public   200      401   401     401     403      200       200   200    200     200   200   200       200   200    200
getDownloads              private  404      401   401     401     403      404       404   200    200     200   200   404       200   200    200
getDownloadsCsv           public   200      401   401     401     403      200       200   200    200     200   200   200       200   200    200
getDownloadsCsv           private  404      401   401     401     403      404       404   200    200     200   200   404       200   200    200
updatePrompt              public   401      401   401     401     403      403       403   403    200     200   200   403       403   200    403
updatePrompt              private  401      401   401     401     403      404       404   403    200     200   200   404       403   200    403
updatePrompt visibility   public   401      401   401     401     403      403       403   403    403     200   200   403       403   403    403
updatePrompt visibility   private  401      401   401     401     403      404       404   403    403     200   200   404       403   403    403
updatePrompt contract     public   401      401   401     401     403      403       403   403    403     200   200   403       403   403    403
updatePrompt contract     private  401      401   401     401     403      404       404   403    403     200   200   404       403   403    403
deletePrompt              public   401      401   401     401     403      403       403   403    403     204   204   403       403   403    403
deletePrompt              private  401      401   401     401     403      404       404   403    403     204   204   404       403   403    403
deletePrompt unpublished  public   401      401   401     401     403      403       403   403    204     204   204   403       403   204    403
deletePrompt unpublished  private  401      401   401     401     403      404       404   403    204     204   204   404       403   204    403
restorePrompt             public   401      401   401     401     403      403       403   403    403     403   200   403       403   403    403
restorePrompt             private  401      401   401     401     403      403       403   403    403     403   200   403       403   403    403
uploadVersion             public   401      401   401     401     403      403       403   403    403     201   201   403       403   403    403
uploadVersion             private  401      401   401     401     403      404       404   403    403     201   201   404       403   403    403
listGrants                public   401      401   401     401     403      403       403   403    403     200   200   403       403   403    403
listGrants                private  401      401   401     401     403      404       404   403    403     200   200   404       403   403    403
setGrants                 public   401      401   401     401     403      403       403   403    403     200   200   403       403   403    403
setGrants                 private  401      401   401     401     403      404       404   403    403     200   200   404       403   403    403
listPromptAuditEntries    public   401      401   401     401     403      403       403   403    403     200   200   403       403   403    403
listPromptAuditEntries    private  401      401   401     401     403      404       404   403    403     200   200   404       403   403    403
getPromptAuditCsv         public   401      401   401     401     403      403       403   403    403     200   200   403       403   403    403
getPromptAuditCsv         private  401      401   401     401     403      404       404   403    403     200   200   404       403   403    403
listRevisions             public   200      401   401     401     403      200       200   200    200     200   200   200      200     200    200
listRevisions             private  404      401   401     401     403      404       404   200    200     200   200   404      200     200    200
getRevision               public   200      401   401     401     403      200       200   200    200     200   200   200      200     200    200
getRevision               private  404      401   401     401     403      404       404   200    200     200   200   404      200     200    200
diffRevisions             public   200      401   401     401     403      200       200   200    200     200   200   200      200     200    200
diffRevisions             private  404      401   401     401     403      404       404   200    200     200   200   404      200     200    200
listLabels                public   200      401   401     401     403      200       200   200    200     200   200   200      200     200    200
listLabels                private  404      401   401     401     403      404       404   200    200     200   200   404      200     200    200
getLabelHistory           public   200      401   401     401     403      200       200   200    200     200   200   200      200     200    200
getLabelHistory           private  404      401   401     401     403      404       404   200    200     200   200   404      200     200    200
resolvePrompt             public   200      401   401     401     403      200       200   200    200     200   200   200      200     200    200
resolvePrompt             private  404      401   401     401     403      404       404   200    200     200   200   404      200     200    200
resolvePrompt version     public   200      401   401     401     403      200       200   200    200     200   200   200      200     200    200
resolvePrompt version     private  404      401   401     401     403      404       404   200    200     200   200   404      200     200    200
renderPrompt              public   200      401   401     401     403      200       200   200    200     200   200   200      200     200    200
renderPrompt              private  404      401   401     401     403      404       404   200    200     200   200   404      200     200    200
createRevision            public   401      401   401     401     403      403       403   403    201     201   201   403      403     201    403
createRevision            private  401      401   401     401     403      404       404   403    201     201   201   404      403     201    403
restoreRevision           public   401      401   401     401     403      403       403   403    201     201   201   403      403     201    403
restoreRevision           private  401      401   401     401     403      404       404   403    201     201   201   404      403     201    403
moveLabel                 public   401      401   401     401     403      403       403   403    200     200   200   403      403     200    403
moveLabel                 private  401      401   401     401     403      404       404   403    200     200   200   404      403     200    403
deleteLabel               public   401      401   401     401     403      403       403   403    204     204   204   403      403     204    403
deleteLabel               private  401      401   401     401     403      404       404   403    204     204   204   404      403     204    403
protectLabel              public   401      401   401     401     403      403       403   403    403     200   200   403      403     403    403
protectLabel              private  401      401   401     401     403      404       404   403    403     200   200   404      403     403    403
unprotectLabel            public   401      401   401     401     403      403       403   403    403     204   204   403      403     403    403
unprotectLabel            private  401      401   401     401     403      404       404   403    403     204   204   404      403     403    403
releaseRevision           public   401      401   401     401     403      403       403   403    403     201   201   403      403     403    403
releaseRevision           private  401      401   401     401     403      404       404   403    403     201   201   404      403     403    403
updateVersion             public   401      401   401     401     403      403       403   403    403     200   200   403      403     403    403
updateVersion             private  401      401   401     401     403      404       404   403    403     200   200   404      403     403    403
createPrompt              any      401      401   401     401     403      403       403   403    403     201   201   403       403   403    403
publishPrompt             any      401      401   401     401     403      201       201   201    201     201   201   201       201   201    201
login                     any      200      200   200     200     200      200       200   200    200     200   200   200       200   200    200
createApiKey              any      401      401   401     401     403      403       201   201    201     201   201   201       201   201    201
createApiKey bound        public   401      401   401     401     403      403       201   201    201     201   201   201       201   201    201
createApiKey bound        private  401      401   401     401     403      404       404   201    201     201   201   404       201   201    201
listApiKeys               any      401      401   401     401     200      200       200   200    200     200   200   200       200   200    200
revokeApiKey              any      401      401   401     401     404      404       404   404    404     404   404   404       404   404    404
getMe                     any      401      401   401     401     200      200       200   200    200     200   200   200       200   200    200
changePassword            any      401      401   401     401     401      401       401   401    401     401   401   401       401   401    401
createUser                any      401      401   401     401     403      403       403   403    403     403   201   403       403   403    403
listUsers                 any      401      401   401     401     403      403       403   403    403     403   200   403       403   403    403
updateUser                any      401      401   401     401     403      403       403   403    403     403   200   403       403   403    403
listAuditEntries          any      401      401   401     401     403      403       403   403    403     403   200   403       403   403    403
getAuditCsv               any      401      401   401     401     403      403       403   403    403     403   200   403       403   403    403
listGroups                any      401      401   401     401     403      200       200   200    200     200   200   200       200   200    200
createGroup               any      401      401   401     401     403      403       403   403    403     403   201   403       403   403    403
getGroup                  any      401      401   401     401     403      404       200   200    200     200   200   200      200    200    200
updateGroup               any      401      401   401     401     403      403       403   403    403     403   200   403       403   403    403
deleteGroup               any      401      401   401     401     403      403       403   403    403     403   204   403       403   403    403
addGroupMember            any      401      401   401     401     403      403       403   403    403     403   204   403       403   403    403
removeGroupMember         any      401      401   401     401     403      403       403   403    403     403   204   403       403   403    403
listOrganizations         any      401      401   401     401     403      200       200   200    200     200   200   200       200   200    200
createOrganization        any      401      401   401     401     403      403       403   403    403     403   201   403      403    403    403
createOrganization signed-in any      401      401   401     401     403      403       201   201    201     201   201   403      201    201    201
getOrganization           any      401      401   401     401     403      404       404   200    200     200   200   404       404   404    404
updateOrganization        any      401      401   401     401     403      403       403   403    403     403   200   403      403    403    403
updateOrganization signed-in any      401      401   401     401     403      403       404   403    403     200   200   403      404    404    404
setOrganizationMember     any      401      401   401     401     403      403       403   403    403     403   204   403      403    403    403
setOrganizationMember signed-in any      401      401   401     401     403      403       404   403    403     204   204   403      404    404    404
removeOrganizationMember  any      401      401   401     401     403      403       403   403    403     403   204   403      403    403    403
removeOrganizationMember signed-in any      401      401   401     401     403      403       404   403    403     204   204   403      404    404    404
createToken               any      200      200   200     200     200      200       200   200    200     200   200   200       200   200    200
getTokenUser              any      401      401   401     401     200      200       200   200    200     200   200   200       200   200    200
listIntegrationProviders  any      401      401   401     401     403      200       200   200    200     200   200   200       200   200    200
getIntegrationProvider    any      401      401   401     401     403      404       404   200    200     200   200   404       404   404    404
saveIntegrationProvider   any      401      401   401     401     403      403       403   403    403     403   200   403       403   403    403
deleteIntegrationProvider any      401      401   401     401     403      403       403   403    403     403   200   403       403   403    403
listIntegrationModels     any      401      401   401     401     403      404       404   200    200     200   200   404       404   404    404
getIntegrationModel       any      401      401   401     401     403      404       404   200    200     200   200   404       404   404    404
saveIntegrationModel      any      401      401   401     401     403      403       403   403    403     403   200   403       403   403    403
deleteIntegrationModel    any      401      401   401     401     403      403       403   403    403     403   200   403       403   403    403
listTemplatesOfModel      any      401      401   401     401     403      404       404   200    200     200   200   404       404   404    404
addTemplateToModel        private  401      401   401     401     403      404       403   403    200     200   200   403       403   404    403
testPrompt                any      401      401   401     401     403      404       404   400    400     400   400   404       404   404    404
getPermissions            private  401      401   401     401     403      404       403   403    403     200   200   403       403   403    403
grantPermissions          private  401      401   401     401     403      404       403   403    403     200   200   403       403   403    403
removePermissions         private  401      401   401     401     403      404       403   403    403     200   200   403       403   403    403
listTemplates             any      401      401   401     401     403      200       200   200    200     200   200   200       200   200    200
saveTemplates             any      401      401   401     401     403      200       200   200    200     200   200   200       200   200    200
getTemplate               public   401      401   401     401     403      404       200   200    200     200   200   200       200   200    200
getTemplate               private  401      401   401     401     403      404       403   200    200     200   200   403       200   200    200
listTemplateVersions      public   401      401   401     401     403      404       200   200    200     200   200   200       200   200    200
listTemplateVersions      private  401      401   401     401     403      404       403   200    200     200   200   403       200   200    200
listTemplateTags          public   401      401   401     401     403      404       200   200    200     200   200   200       200   200    200
listTemplateTags          private  401      401   401     401     403      404       403   200    200     200   200   403       200   200    200
saveTemplate              public   401      401   401     401     403      200       403   403    200     200   200   403       403   200    403
saveTemplate              private  401      401   401     401     403      200       403   403    200     200   200   403       403   200    403
createTemplate            public   401      401   401     401     403      200       403   403    200     200   200   403       403   200    403
createTemplate            private  401      401   401     401     403      200       403   403    200     200   200   403       403   200    403
addTemplateTags           public   401      401   401     401     403      404       403   403    200     200   200   403       403   200    403
addTemplateTags           private  401      401   401     401     403      404       403   403    200     200   200   403       403   200    403
removeTemplateTags        public   401      401   401     401     403      404       403   403    200     200   200   403       403   200    403
removeTemplateTags        private  401      401   401     401     403      404       403   403    200     200   200   403       403   200    403
deleteTemplateVersion     public   401      401   401     401     403      404       403   403    200     200   200   403       403   200    403
deleteTemplateVersion     private  401      401   401     401     403      404       403   403    200     200   200   403       403   200    403
deleteTemplateVersion last unpublished public   401      401   401     401     403      404       403   403    200     200   200   403       403   200    403
deleteTemplateVersion last unpublished private  401      401   401     401     403      404       403   403    200     200   200   403       403   200    403
deleteTemplate unpublished public   401      401   401     401     403      404       403   403    200     200   200   403       403   200    403
deleteTemplate unpublished private  401      401   401     401     403      404       403   403    200     200   200   403       403   200    403
deleteTemplate            public   401      401   401     401     403      404       403   403    403     403   403   403       403   403    403
deleteTemplate            private  401      401   401     401     403      404       403   403    403     403   403   403       403   403    403
getCommand                public   401      401   401     401     403      404       200   200    200     200   200   200       200   200    200
getCommand                private  401      401   401     401     403      404       404   200    200     200   200   404       200   404    200
getCommandByName          public   401      401   401     401     403      404       200   200    200     200   200   200       200   200    200
getCommandByName          private  401      401   401     401     403      404       401   200    200     200   200   401       200   401    200
listCommandHistory        public   401      401   401     401     403      404       200   200    200     200   200   200       200   200    200
listCommandHistory        private  401      401   401     401     403      404       401   200    200     200   200   401       200   401    200
getHistoryEntry           public   401      401   401     401     403      404       200   200    200     200   200   200       200   200    200
getHistoryEntry           private  401      401   401     401     403      404       401   200    200     200   200   401       200   401    200
diffHistoryEntries        public   401      401   401     401     403      404       200   200    200     200   200   200       200   200    200
diffHistoryEntries        private  401      401   401     401     403      404       401   200    200     200   200   401       200   401    200
updateCommand             public   401      401   401     401     403      404       401   401    200     200   200   401       401   200    401
updateCommand             private  401      401   401     401     403      404       401   401    200     200   200   401       401   200    401
updateCommandMeta         public   401      401   401     401     403      404       401   401    200     200   200   401       401   200    401
updateCommandMeta         private  401      401   401     401     403      404       401   401    200     200   200   401       401   401    401
updateCommand renamed unpublished public   401      401   401     401     403      404       401   401    200     200   200   401       401   200    401
updateCommand renamed unpublished private  401      401   401     401     403      404       401   401    200     200   200   401       401   200    401
updateCommand draft renamed unpublished public   401      401   401     401     403      404       401   401    200     200   200   401       401   200    401
updateCommand draft renamed unpublished private  401      401   401     401     403      404       401   401    200     200   200   401       401   200    401
updateCommandMeta renamed unpublished public   401      401   401     401     403      404       401   401    200     200   200   401       401   200    401
updateCommandMeta renamed unpublished private  401      401   401     401     403      404       401   401    200     200   200   401       401   401    401
setCommandVersion         public   401      401   401     401     403      404       401   401    200     200   200   401       401   200    401
setCommandVersion         private  401      401   401     401     403      404       401   401    200     200   200   401       401   200    401
deleteHistoryEntry        public   401      401   401     401     403      404       401   401    200     200   200   401       401   200    401
deleteHistoryEntry        private  401      401   401     401     403      404       401   401    200     200   200   401       401   200    401
deleteCommand unpublished public   401      401   401     401     403      404       401   401    200     200   200   401       401   200    401
deleteCommand unpublished private  401      401   401     401     403      404       401   401    200     200   200   401       401   200    401
updateCommand grants      public   401      401   401     401     403      404       401   401    200     200   200   401       401   403    401
updateCommand grants      private  401      401   401     401     403      404       401   401    200     200   200   401       401   403    401
shareCommand              public   401      401   401     401     403      404       401   401    200     200   200   401       401   403    401
shareCommand              private  401      401   401     401     403      404       401   401    200     200   200   401       401   403    401
toggleCommand             public   401      401   401     401     403      404       401   401    200     200   200   401       401   403    401
toggleCommand             private  401      401   401     401     403      404       401   401    200     200   200   401       401   403    401
deleteCommand             public   401      401   401     401     403      404       401   401    401     401   401   401       401   401    401
deleteCommand             private  401      401   401     401     403      404       401   401    401     401   401   401       401   401    401
listCommands              any      401      401   401     401     403      200       200   200    200     200   200   200       200   200    200
listCommandTags           any      401      401   401     401     403      200       200   200    200     200   200   200       200   200    200
searchCommands            any      401      401   401     401     403      200       200   200    200     200   200   200       200   200    200
listShareableGroups       any      401      401   401     401     403      200       200   200    200     200   200   200       200   200    200
searchUsers               any      401      401   401     401     403      200       200   200    200     200   200   200       200   200    200
getSessionUser            any      401      401   401     401     200      200       200   200    200     200   200   200       200   200    200
signIn                    any      200      200   200     200     200      200       200   200    200     200   200   200       200   200    200
signUp                    any      200      200   200     200     200      200       200   200    200     200   200   200       200   200    200
signOut                   any      200      200   200     200     200      200       200   200    200     200   200   200       200   200    200
createCommand             any      401      401   401     401     403      200       401   401    401     200   200   401       401   401    401
getLiveness               any      200      200   200     200     200      200       200   200    200     200   200   200       200   200    200
getReadiness              any      200      200   200     200     200      200       200   200    200     200   200   200       200   200    200
getMetrics                any      200      200   200     200     200      200       200   200    200     200   200   200       200   200    200
`;

export interface Row {
  readonly operation: string;
  readonly prompt: 'public' | 'private' | 'any';
  readonly statuses: Record<Actor, number>;
}

export const rows: readonly Row[] = table
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [, operation = '', prompt, statuses = ''] = /^(.*?) +(public|private|any) +(.*)$/.exec(line) ?? [];
    const byActor = statuses.split(/ +/).map((status, column) => [actors[column], Number(status)]);
    return { operation, prompt: prompt as Row['prompt'], statuses: Object.fromEntries(byActor) };
  });
export const rowsFor = (prompt: string) => rows.filter((row) => row.prompt === prompt);
