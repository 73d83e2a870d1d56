import type { INestApplication } from '@nestjs/common';
import { DiscoveryService, ModulesContainer } from '@nestjs/core';
import type { DocumentBuilder, OpenAPIObject } from '@nestjs/swagger';
import type { ErrorDefinition } from '../common/errors/define-error.js';
import { dialectOf } from '../common/errors/error-dialect.js';
import { loadSwagger } from '../common/openapi.decorators.js';
import { protocolOfHandler } from '../common/protocol-routes.js';
import type { Protocol } from '../common/protocol.js';
import { accessOf, errorsOf, handlersByOperation, isStreamed, type Operation, textAnswerOf } from './documented-operations.js';
import { describeConditionalGet, sharedComponents, withRequestId } from './describe-headers.js';
import { errorResponses, errorSchemas } from './describe-errors.js';
import { description, tags, xAuthorization } from './document-text.js';
import { exampleProblem } from './example-problem.js';
import { convertZodSchema } from './schema-converter.js';

/** The security scheme of each protocol's operations. */
const securityOf: Readonly<Record<Protocol, string>> = {
  registry: 'bearer',
  conductor: 'conductor',
  'open-webui': 'bearer',
};

/** Builds the OpenAPI 3.1 document from the routes themselves, with every error that they can answer with. */
export async function buildDocument(app: INestApplication): Promise<OpenAPIObject> {
  const { DocumentBuilder, SwaggerModule } = await loadSwagger();
  const document = SwaggerModule.createDocument(app, documentFrame(new DocumentBuilder()), {
    operationIdFactory: (_controller, method) => method,
    standardSchemaConverter: convertZodSchema,
  });
  const handlers = handlersByOperation(new DiscoveryService(app.get(ModulesContainer)));
  const documented = new Map<Protocol, Set<ErrorDefinition>>();
  for (const { method, operation } of operationsOf(document)) {
    const handler = handlers.get(operation.operationId ?? '');
    if (!handler) throw new Error(`no handler is called ${operation.operationId}`);
    const protocol = protocolOfHandler(handler);
    describeAccess(handler, operation);
    // Operations that ignore credentials are probes, which must not be answered from a cache.
    if (method === 'get' && operation.security && !isStreamed(handler)) describeConditionalGet(operation);
    describeTextAnswer(handler, operation);
    const errors = errorsOf(handler, operation);
    documented.set(protocol, new Set([...(documented.get(protocol) ?? []), ...errors]));
    const problem = exampleProblem(operation, document);
    Object.assign(operation.responses, errorResponses(errors, problem, dialectOf(protocol)));
    operation.responses = withRequestId(operation.responses);
  }
  document.components = { ...document.components, ...sharedComponents };
  const schemas = [...documented].map(([protocol, errors]) => errorSchemas(errors, dialectOf(protocol)));
  const ofErrors = Object.fromEntries(schemas.flatMap((each) => Object.entries(each)));
  document.components.schemas = sortedByKey({ ...document.components.schemas, ...ofErrors });
  return document;
}

/** Documents who may call the operation; nothing if credentials are ignored. */
function describeAccess(handler: object, operation: Operation): void {
  const { caller, scopes } = accessOf(handler);
  if (caller === 'ignored') return;
  const credentials = { [securityOf[protocolOfHandler(handler)]]: [...scopes] };
  operation.security = caller === 'anyone' ? [{}, credentials] : [credentials];
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

function documentFrame(builder: DocumentBuilder) {
  builder
    .setOpenAPIVersion('3.1.0')
    .setTitle('Promptyard')
    .setDescription(description)
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/', 'This server')
    .addBearerAuth({ type: 'http', bearerFormat: 'API key (pyd_…) or JWT' }, 'bearer')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-Authorization', description: xAuthorization }, 'conductor');
  for (const [name, text] of Object.entries(tags)) builder.addTag(name, text);
  return builder.build();
}

/** Sorted by key, so that the file changes only where the API changes. */
function sortedByKey<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
