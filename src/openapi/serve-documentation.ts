import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { etagOf } from '../common/http/conditional-get.js';
import { buildDocument } from './build-document.js';
import { asJson, asYaml } from './write-text.js';

/** Serves the document as JSON and YAML, and Swagger UI with its own assets: no other host is asked for anything. */
export function serveDocumentation(app: NestFastifyApplication): void {
  // Built on the first request, because most servers never get one, and it takes a tenth of an idle server's memory.
  let built: OpenAPIObject | undefined;
  const document = () => (built ??= buildDocument(app));
  const instance: FastifyInstance = app.getHttpAdapter().getInstance();
  // Serialized once; the library's own routes serialize the whole document for every request.
  serveText(instance, '/openapi.json', 'application/json; charset=utf-8', () => asJson(document()));
  serveText(instance, '/openapi.yaml', 'text/yaml; charset=utf-8', () => asYaml(document()));
  SwaggerModule.setup('/docs', app, document, {
    raw: false,
    customSiteTitle: 'Promptyard API',
    customCss: '.swagger-ui .topbar { display: none }',
    swaggerOptions: { persistAuthorization: true, tryItOutEnabled: true, displayRequestDuration: true },
  });
}

function serveText(instance: FastifyInstance, path: string, type: string, write: () => string): void {
  // The ETag is computed once as well, because hashing a mebibyte for every request would block the event loop.
  let written: { text: string; etag: string } | undefined;
  const once = () => {
    const text = write();
    return { text, etag: etagOf(text) };
  };
  instance.get(path, (_request, reply) => {
    const { text, etag } = (written ??= once());
    return reply.type(type).header('etag', etag).send(text);
  });
}
