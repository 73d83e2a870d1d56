import type { INestApplication } from '@nestjs/common';
import { DiscoveryService, ModulesContainer } from '@nestjs/core';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { ErrorDefinition } from '../common/errors/define-error.js';
import { accessOf, errorsOf, handlersByOperation, isStreamed, type Operation, textAnswerOf } from './documented-operations.js';
import { describeConditionalGet, sharedComponents, withRequestId } from './describe-headers.js';
import { errorResponses, errorSchemas } from './describe-errors.js';
import { description, tags } from './document-text.js';
import { exampleProblem } from './example-problem.js';
import { convertZodSchema } from './schema-converter.js';

/** Builds the OpenAPI 3.1 document from the routes themselves, with every error that they can answer with. */
export function buildDocument(app: INestApplication): OpenAPIObject {
  const document = SwaggerModule.createDocument(app, frame(), {
    operationIdFactory: (_controller, method) => method,
    standardSchemaConverter: convertZodSchema,
  });
  const handlers = handlersByOperation(new DiscoveryService(app.get(ModulesContainer)));
  const documented = new Set<ErrorDefinition>();
  for (const { method, operation } of operationsOf(document)) {
    const handler = handlers.get(operation.operationId ?? '');
    if (!handler) throw new Error(`no handler is called ${operation.operationId}`);
    const { caller, scope } = accessOf(handler);
    const bearer = { bearer: scope ? [scope] : [] };
    if (caller !== 'ignored') operation.security = caller === 'anyone' ? [{}, bearer] : [bearer];
    // What is read without looking at credentials is a probe, and no probe is answered from a cache.
    if (method === 'get' && caller !== 'ignored' && !isStreamed(handler)) describeConditionalGet(operation);
    describeTextAnswer(handler, operation);
    const errors = errorsOf(handler, operation);
    for (const error of errors) documented.add(error);
    Object.assign(operation.responses, errorResponses(errors, exampleProblem(operation, document)));
    operation.responses = withRequestId(operation.responses);
  }
  document.components = { ...document.components, ...sharedComponents };
  document.components.schemas = sorted({ ...document.components.schemas, ...errorSchemas(documented) });
  return document;
}

function describeTextAnswer(handler: object, { responses }: Operation): void {
  const type = textAnswerOf(handler);
  const { 200: ok } = responses;
  if (type && ok && !('$ref' in ok)) ok.content = { ...ok.content, [type]: { schema: { type: 'string' } } };
}

/** Every operation of the document, in the order of its paths. */
export function operationsOf(document: OpenAPIObject): { path: string; method: string; operation: Operation }[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    (['get', 'post', 'put', 'patch', 'delete'] as const).flatMap((method) => {
      const operation = item[method];
      return operation ? [{ path, method, operation }] : [];
    }),
  );
}

function frame() {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Promptyard')
    .setDescription(description)
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/', 'This server')
    .addBearerAuth({ type: 'http', bearerFormat: 'API key (pyd_…) or JWT' }, 'bearer');
  for (const [name, text] of Object.entries(tags)) builder.addTag(name, text);
  return builder.build();
}

/** By key, so that the file changes only where the API does. */
function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
