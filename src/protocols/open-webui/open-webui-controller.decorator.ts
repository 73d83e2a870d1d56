import { applyDecorators, Controller } from '@nestjs/common';
import { ApiTags } from '../../common/openapi.decorators.js';
import { ViaProtocol } from '../../common/protocol-routes.js';

/** A controller of operations that are reached through this protocol only. */
export const OpenWebUiController = (path: string) =>
  applyDecorators(Controller(path), ApiTags('Open WebUI'), ViaProtocol('open-webui'));
