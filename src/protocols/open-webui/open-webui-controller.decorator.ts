import { applyDecorators, Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Through } from '../../common/protocol-routes.js';

/** A controller of operations that are reached through this protocol only. */
export const OpenWebUiController = (path: string) =>
  applyDecorators(Controller(path), ApiTags('Open WebUI'), Through('open-webui'));
