import { Controller, Get, Req, Res, StreamableFile } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiExcludeController } from '../../common/openapi.decorators.js';
import { Access, Unauthenticated } from '../../common/http/access.decorator.js';
import { type FileAnswer, FileDownloadsService } from './file-downloads.service.js';

/**
 * The connection is closed if the client takes no byte for this long, because it would keep a file open. Node.js may
 * wait twice as long while a write is pending.
 */
const stalledClientTimeoutMs = 30_000;

/** Serves the signed URLs of the disk storage. Downloads hand them out; they are not part of the API. */
@ApiExcludeController()
@Controller('v1/files')
export class FilesController {
  constructor(private readonly files: FileDownloadsService) {}

  @Get('*')
  @Access(Unauthenticated)
  async readFile(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    return send(await this.files.open(request), reply);
  }
}

function send({ status, headers, body }: FileAnswer, reply: FastifyReply): StreamableFile | undefined {
  reply.code(status).headers(headers);
  reply.raw.setTimeout(stalledClientTimeoutMs, () => reply.raw.destroy());
  return body ? new StreamableFile(body) : undefined;
}
