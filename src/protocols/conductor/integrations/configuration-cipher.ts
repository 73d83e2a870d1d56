import { Inject, Injectable } from '@nestjs/common';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { ModelsConfig } from '../../../config/models.config.js';
import { EndpointResolver } from '../endpoints/endpoint-resolver.js';
import type { Configuration } from './integrations.dto.js';
import { ConfigurationUnreadable } from './integrations.errors.js';

const algorithm = 'aes-256-gcm';
const format = 1;
const ivBytes = 12;
const tagBytes = 16;
const headBytes = 1 + ivBytes + tagBytes;

/** Encrypts the configurations of integrations: format, initialization vector, tag, text. */
@Injectable()
export class ConfigurationCipher {
  constructor(
    @Inject(ModelsConfig.KEY) private readonly config: ModelsConfig,
    private readonly endpoints: EndpointResolver,
  ) {}

  /**
   * `context` identifies where it is stored. It can be decrypted only with the same context.
   * @throws PrivateModelEndpoint, HostServiceEndpoint
   */
  async encrypt(configuration: Configuration, context: string): Promise<Buffer> {
    if (configuration.endpoint) await this.endpoints.assertAllowed(new URL(configuration.endpoint));
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv(algorithm, this.config.sealingKey, iv).setAAD(Buffer.from(context));
    const text = Buffer.concat([cipher.update(JSON.stringify(configuration), 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.of(format), iv, cipher.getAuthTag(), text]);
  }

  /** @throws ConfigurationUnreadable */
  decrypt(encrypted: Buffer, context: string): unknown {
    try {
      if (encrypted[0] !== format) throw new Error(`unknown format ${encrypted[0]}`);
      const iv = encrypted.subarray(1, 1 + ivBytes);
      const decipher = createDecipheriv(algorithm, this.config.sealingKey, iv, { authTagLength: tagBytes });
      decipher.setAAD(Buffer.from(context)).setAuthTag(encrypted.subarray(1 + ivBytes, headBytes));
      const text = Buffer.concat([decipher.update(encrypted.subarray(headBytes)), decipher.final()]);
      return JSON.parse(text.toString());
    } catch (cause) {
      throw ConfigurationUnreadable(undefined, { cause });
    }
  }
}
