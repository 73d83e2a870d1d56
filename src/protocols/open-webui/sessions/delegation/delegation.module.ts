import { Global, Module } from '@nestjs/common';
import { ForeignTokens, NoForeignTokens } from '../../../../auth/authentication/foreign-tokens.js';
import { OpenWebUiConfig } from '../../../../config/open-webui.config.js';
import { OpenWebUiServer } from './open-webui-server.js';
import { OpenWebUiTokens } from './open-webui-tokens.js';

const foreignTokens = ({ url }: OpenWebUiConfig): ForeignTokens =>
  url === undefined ? new NoForeignTokens() : new OpenWebUiTokens(new OpenWebUiServer(url));

/** The server whose tokens are good here too, if there is one. Global, because the guard asks it. */
@Global()
@Module({
  providers: [{ provide: ForeignTokens, useFactory: foreignTokens, inject: [OpenWebUiConfig.KEY] }],
  exports: [ForeignTokens],
})
export class DelegationModule {}
