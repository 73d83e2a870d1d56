import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RouteNotFound } from '../common/errors/catalogue.js';
import { StaticContent } from '../common/http/compression/static-content.js';
import { buildDocument } from './build-document.js';
import { DocumentationAssets } from './documentation-assets.js';
import { documentationPage } from './documentation-page.js';
import { asJson, asYaml } from './write-text.js';

const assetsPath = '/docs/assets/:version/:name';

/** Serves the document as JSON and YAML, and Swagger UI with its own assets: no other host is asked for anything. */
export function serveDocumentation(app: NestFastifyApplication, { isCompressing }: { isCompressing: boolean }): void {
  const instance: FastifyInstance = app.getHttpAdapter().getInstance();
  const serve = (path: string, content: StaticContent) =>
    instance.get(path, (request, reply) => content.send(request, reply, isCompressing));
  serve('/openapi.json', documentAs(app, 'application/json; charset=utf-8', asJson));
  serve('/openapi.yaml', documentAs(app, 'text/yaml; charset=utf-8', asYaml));
  servePage(instance, isCompressing);
}

/** Built on the first request, because most servers never get one, and it takes a tenth of an idle server's memory. */
function documentAs(
  app: NestFastifyApplication,
  type: string,
  write: (document: OpenAPIObject) => string | Promise<string>,
): StaticContent {
  const read = async () => Buffer.from(await write(await buildDocument(app)));
  return new StaticContent(read, { type, cacheControl: 'no-cache' });
}

function servePage(instance: FastifyInstance, isCompressing: boolean): void {
  let opened: DocumentationAssets | undefined;
  const assets = () => (opened ??= new DocumentationAssets());
  for (const [path, root] of [
    ['/docs', './'],
    ['/docs/', '../'],
  ] as const) {
    instance.get(path, (_request, reply) =>
      reply.type('text/html; charset=utf-8').send(documentationPage(root, `docs/assets/${assets().version}`)),
    );
  }
  instance.get(assetsPath, (request: FastifyRequest<{ Params: { version: string; name: string } }>, reply: FastifyReply) => {
    const content = assets().find(request.params.version, request.params.name);
    if (!content) throw RouteNotFound();
    return content.send(request, reply, isCompressing);
  });
}
