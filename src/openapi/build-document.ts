import type { INestApplication } from '@nestjs/common';
import { DiscoveryService, ModulesContainer } from '@nestjs/core';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { ErrorDefinition } from '../common/errors/define-error.js';
import { ErrorBody, registryDialect } from '../common/http/error-dialect.js';
import { DomainError } from '../common/errors/define-error.js';
import { accessOf, errorsOf, handlersByOperation, type Operation } from './documented-operations.js';
import { convertZodSchema } from './schema-converter.js';

const description = `A self-hosted registry for prompts.

Every error has the same flat body: \`{"error", "message", "details"?}\`. The request's id is in \`X-Request-Id\`.`;

/** Builds the OpenAPI 3.1 document from the routes themselves, with every error that they can answer with. */
export function buildDocument(app: INestApplication): OpenAPIObject {
  const options = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Promptyard')
    .setDescription(description)
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addTag('Prompts', 'One prompt, one owner.')
    .addTag('Versions', 'Immutable packages of a prompt.')
    .addTag('Downloads', 'How often packages are downloaded.')
    .addTag('Authentication', 'Sessions and API keys.')
    .addTag('Users', 'For administrators.')
    .addBearerAuth({ type: 'http', description: 'An API key (pyd_...) or a session token.' }, 'bearer')
    .build();
  const document = SwaggerModule.createDocument(app, options, {
    operationIdFactory: (_controller, method) => method,
    standardSchemaConverter: convertZodSchema,
  });
  const handlers = handlersByOperation(new DiscoveryService(app.get(ModulesContainer)));
  addComponents(document);
  for (const operation of operationsOf(document)) {
    const handler = handlers.get(operation.operationId ?? '');
    if (!handler) throw new Error(`no handler is called ${operation.operationId}`);
    const { caller } = accessOf(handler);
    if (caller !== 'ignored') operation.security = caller === 'anyone' ? [{}, { bearer: [] }] : [{ bearer: [] }];
    for (const [status, errors] of byStatus(errorsOf(handler, operation))) {
      operation.responses[status] = describeErrors(errors);
    }
  }
  return sorted(document);
}

/** Every operation of the document, in the order of its paths. */
export function operationsOf(document: OpenAPIObject): Operation[] {
  return Object.values(document.paths).flatMap((path) =>
    (['get', 'post', 'put', 'patch', 'delete'] as const).flatMap((method) => path[method] ?? []),
  );
}

function addComponents(document: OpenAPIObject): void {
  const error = convertZodSchema(ErrorBody, { schemaType: 'output' });
  document.components ??= {};
  document.components.schemas = { ...document.components.schemas, ...error?.components } as never;
}

function byStatus(errors: ErrorDefinition[]): Map<string, ErrorDefinition[]> {
  const groups = new Map<string, ErrorDefinition[]>();
  for (const error of errors) groups.set(String(error.status), [...(groups.get(String(error.status)) ?? []), error]);
  return groups;
}

function describeErrors(errors: ErrorDefinition[]) {
  const example = (error: ErrorDefinition) => ({
    summary: error.message,
    value: registryDialect(new DomainError(error, error.exampleDetails)),
  });
  return {
    description: errors.map(({ code, message }) => `\`${code}\`: ${message}`).join('; '),
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/Error' },
        examples: Object.fromEntries(errors.map((error) => [error.message.replaceAll(/[^a-zA-Z0-9]+/g, '-'), example(error)])),
      },
    },
  };
}

/** Components and responses in a stable order, so that the file changes only where the API does. */
function sorted(document: OpenAPIObject): OpenAPIObject {
  const byKey = <T>(record: Record<string, T>) =>
    Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
  if (document.components?.schemas) document.components.schemas = byKey(document.components.schemas);
  for (const operation of operationsOf(document)) operation.responses = byKey(operation.responses);
  return document;
}
