import { Inject, Injectable } from '@nestjs/common';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { ModelsConfig } from '../../../config/models.config.js';
import { EndpointAddresses } from '../endpoints/endpoint-addresses.js';
import type { Configuration } from './integrations.dto.js';
import { ConfigurationUnreadable } from './integrations.errors.js';

const algorithm = 'aes-256-gcm';
const format = 1;
const ivBytes = 12;
const tagBytes = 16;
const headBytes = 1 + ivBytes + tagBytes;

/** Encrypts what integrations connect with: format, initialization vector, tag, text. */
@Injectable()
export class SealedConfiguration {
  constructor(
    @Inject(ModelsConfig.KEY) private readonly config: ModelsConfig,
    private readonly endpoints: EndpointAddresses,
  ) {}

  /**
   * `place` is where it is stored: taken from there, it cannot be opened anywhere else.
   * @throws PrivateModelEndpoint, HostServiceEndpoint
   */
  async seal(configuration: Configuration, place: string): Promise<Buffer> {
    if (configuration.endpoint) await this.endpoints.assertAllowed(new URL(configuration.endpoint));
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv(algorithm, this.config.sealingKey, iv).setAAD(Buffer.from(place));
    const text = Buffer.concat([cipher.update(JSON.stringify(configuration), 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.of(format), iv, cipher.getAuthTag(), text]);
  }

  /** @throws ConfigurationUnreadable */
  open(sealed: Buffer, place: string): unknown {
    try {
      if (sealed[0] !== format) throw new Error(`unknown format ${sealed[0]}`);
      const iv = sealed.subarray(1, 1 + ivBytes);
      const decipher = createDecipheriv(algorithm, this.config.sealingKey, iv, { authTagLength: tagBytes });
      decipher.setAAD(Buffer.from(place)).setAuthTag(sealed.subarray(1 + ivBytes, headBytes));
      const text = Buffer.concat([decipher.update(sealed.subarray(headBytes)), decipher.final()]);
      return JSON.parse(text.toString());
    } catch (cause) {
      throw ConfigurationUnreadable(undefined, { cause });
    }
  }
}
