import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import { buildDocument } from './build-document.js';

/** Serves the document as JSON and YAML, and Swagger UI with its own assets: no other host is asked for anything. */
export function serveDocumentation(app: NestFastifyApplication): void {
  const document = buildDocument(app);
  SwaggerModule.setup('/docs', app, document, {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'Promptyard API',
    customCss: '.swagger-ui .topbar { display: none }',
    swaggerOptions: { persistAuthorization: true, tryItOutEnabled: true, displayRequestDuration: true },
  });
}
