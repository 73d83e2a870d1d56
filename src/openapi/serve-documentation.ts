import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { tagOf } from '../common/http/conditional-get.js';
import { buildDocument } from './build-document.js';
import { asJson, asYaml } from './write-text.js';

/** Serves the document as JSON and YAML, and Swagger UI with its own assets: no other host is asked for anything. */
export function serveDocumentation(app: NestFastifyApplication): void {
  // Built for the first who asks: most servers are never asked, and it takes a tenth of an idle server's memory.
  let built: OpenAPIObject | undefined;
  const document = () => (built ??= buildDocument(app));
  const instance: FastifyInstance = app.getHttpAdapter().getInstance();
  // Written once: the library's own routes write the whole document anew for every request.
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
  // Tagged once, too: to digest a mebibyte for every request would hold up all others.
  let written: { text: string; etag: string } | undefined;
  const once = () => {
    const text = write();
    return { text, etag: tagOf(text) };
  };
  instance.get(path, (_request, reply) => {
    const { text, etag } = (written ??= once());
    return reply.type(type).header('etag', etag).send(text);
  });
}
