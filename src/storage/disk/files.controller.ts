import { Controller, Get, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Access, Unauthenticated } from '../../common/http/access.decorator.js';
import { type FileAnswer, FileDownloads } from './file-downloads.service.js';

/**
 * Without a byte taken by the client, after which its connection is closed: it would hold an open file for good.
 * Node.js takes a write that is under way for life once, so it can be twice as long.
 */
const STALLED_CLIENT_MS = 30_000;

/** Where the addresses lead that disk storage signs. They are handed out by downloads and are no part of the API. */
@ApiExcludeController()
@Controller('v1/files')
export class FilesController {
  constructor(private readonly files: FileDownloads) {}

  @Get('*')
  @Access(Unauthenticated)
  async readFile(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    return send(await this.files.open(request), reply);
  }
}

function send({ status, headers, body }: FileAnswer, reply: FastifyReply): StreamableFile | undefined {
  reply.code(status).headers(headers);
  reply.raw.setTimeout(STALLED_CLIENT_MS, () => reply.raw.destroy());
  return body ? new StreamableFile(body) : undefined;
}
