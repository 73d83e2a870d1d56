/** The description of the API in the document, in Markdown. */
export const description = `A self-hosted registry for prompts: one prompt, one owner, one history.

## Signing in
Send an API key (\`pyd_…\`) or a session token as \`Authorization: Bearer <token>\`. The first start of the server
shows an API key of the administrator; \`POST /v1/auth/login\` gives a session token for a user name and a password,
and \`POST /v1/api-keys\` makes keys for programs. On this page: *Authorize*, then paste the key or the token.
What is public can be read without signing in, but bad credentials are refused there too.

## Errors
Every error has the same flat body, \`{"error", "message", "details"?}\`. \`error\` is a code for programs, \`message\` a
sentence for people; with \`VALIDATION_ERROR\`, \`details\` holds one entry for each field that is wrong: at most 100, and
then \`...\` says that there are more. A body of JSON nests at most 100 levels deep. Each operation
lists the errors that its own rules give. Besides them, a path answers a method that it does not have with
\`405 METHOD_NOT_ALLOWED\` and \`Allow\`, an unknown path is \`404 NOT_FOUND\`, a request that cannot be
read, or whose \`Host\` is no host, is 400, 408 or 431 in the same form, \`503 OVERLOADED\` with the message \`the server is
shutting down\` asks to try again elsewhere or later, and \`500 INTERNAL_ERROR\` with the message \`internal error\` is a
defect of the server.

Where trying again helps, \`Retry-After\` says in how many seconds. \`X-Request-Id\` names the request in the server's
log; a request may bring its own.

The operations under \`/api/token\`, \`/api/prompts\` and \`/api/integrations\` are those of Orkes Conductor, for its published clients: they take the token as
\`X-Authorization\` and answer errors as \`{"status", "message", "instance", "retryable", "error"?}\`, with 400 for
everything that is wrong with a request. Those under \`/api/v1\` are Open WebUI's, for its front end: the token comes as
\`Authorization: Bearer\`, \`X-API-Key\` or the cookie \`token\`, and errors are \`{"detail"}\`, with a list of problems for 422.

## Reading again
Every \`GET\` of data has an \`ETag\`, except those that send a table while they read it. Send it back as
\`If-None-Match\` and the answer is \`304\` without a body while nothing has changed. \`HEAD\` is there wherever
\`GET\` is.`;

/** Description of the credentials of the Conductor protocol. */
export const xAuthorization = 'A token of `POST /api/token`, or an API key, with or without `Bearer` before it.';

/** The groups of operations, in the order in which they are shown. */
export const tags: Readonly<Record<string, string>> = {
  Prompts: 'A prompt has one owner and a name that is unique among that owner’s prompts.',
  Revisions: 'The history of a prompt: immutable snapshots, counted up and never rewritten.',
  Labels: 'Named pointers to revisions, with a ledger of their moves.',
  Resolve: 'The reads that applications make: the revision behind a label, a number or a version, and its text filled in.',
  Versions: 'Immutable packages (.tar.gz) of a prompt, numbered by semver.',
  Downloads: 'How often packages are downloaded.',
  Authentication: 'Sessions and API keys.',
  Users: 'For administrators.',
  Audit: 'Who did what: for administrators, and for owners of what was done to their prompts.',
  Groups: 'Users to whom prompts are granted together; made by administrators.',
  Organizations: 'Owners with members. Every user is a member of `workspace`.',
  Conductor:
    'Prompts as templates of Orkes Conductor, for its published clients. They are prompts of `workspace`, or of the owner that the API key is bound to.',
  'Open WebUI':
    'Prompts as commands of Open WebUI, for its front end. They are prompts of `workspace`, or of the owner that the API key is bound to. Every path is served under `/api/prompts` as well.',
  Operations: 'For operators of the server.',
};
