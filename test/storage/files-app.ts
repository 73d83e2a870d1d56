import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { FastifyReply } from 'fastify';
import { DomainError } from '../../src/common/errors/define-error.js';
import { FileDownloadsService } from '../../src/storage/disk/file-downloads.service.js';
import { FileUrlSigner } from '../../src/storage/disk/file-url-signer.js';
import { FilesController } from '../../src/storage/disk/files.controller.js';
import { ObjectStorage } from '../../src/storage/object-storage.js';

/** Stands in for the application's filter, which the storage module does not know. */
@Catch(DomainError)
class ErrorBody implements ExceptionFilter {
  catch(error: DomainError, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    reply
      .code(error.definition.status)
      .headers(error.context.headers ?? {})
      .send({ error: error.definition.code, message: error.message });
  }
}

/** The route for files on a real port, with nothing else of the application around it. */
export async function startFilesApp(storage: ObjectStorage, urls: FileUrlSigner | null) {
  const module = await Test.createTestingModule({
    controllers: [FilesController],
    providers: [
      FileDownloadsService,
      { provide: ObjectStorage, useValue: storage },
      { provide: FileUrlSigner, useValue: urls },
    ],
  }).compile();
  // Some clients connect ahead of a request that never comes, and the server would wait for it at the end.
  const adapter = new FastifyAdapter({ forceCloseConnections: true });
  const app = module.createNestApplication<NestFastifyApplication>(adapter, { logger: false });
  app.useGlobalFilters(new ErrorBody());
  await app.listen(0, '127.0.0.1');
  return { app, baseUrl: await app.getUrl() };
}
