import { Global, Module } from '@nestjs/common';
import { ForeignTokens, NoForeignTokens } from '../../../../auth/authentication/foreign-tokens.js';
import { OpenWebUiConfig } from '../../../../config/open-webui.config.js';
import { OpenWebUiClient } from './open-webui.client.js';
import { OpenWebUiTokenVerifier } from './open-webui-token-verifier.js';

const createTokenVerifier = ({ url }: OpenWebUiConfig): ForeignTokens =>
  url === undefined ? new NoForeignTokens() : new OpenWebUiTokenVerifier(new OpenWebUiClient(url));

/** The other server whose tokens are accepted, if one is configured. Global, because the guard uses it. */
@Global()
@Module({
  providers: [{ provide: ForeignTokens, useFactory: createTokenVerifier, inject: [OpenWebUiConfig.KEY] }],
  exports: [ForeignTokens],
})
export class DelegationModule {}
