import { Inject, Injectable } from '@nestjs/common';
import { isIP } from 'node:net';
import { ModelsConfig } from '../../../config/models.config.js';
import { EndpointUnreachable, HostServiceEndpoint, PrivateModelEndpoint } from './endpoints.errors.js';
import { isHostService } from './host-services.js';
import { type Address, NameResolver } from './name-resolver.js';
import { isPublicAddress } from './public-address.js';

/** Names of this machine itself, whatever a name system says (RFC 6761). */
const ownName = /(^|\.)localhost\.?$/;

/** Finds where endpoints are, and refuses those inside of the network that this server stands in. */
@Injectable()
export class EndpointAddresses {
  constructor(
    @Inject(ModelsConfig.KEY) private readonly config: ModelsConfig,
    private readonly resolver: NameResolver,
  ) {}

  /** What a call may connect to, and nothing else. @throws PrivateModelEndpoint, HostServiceEndpoint, EndpointUnreachable */
  async of(endpoint: URL): Promise<Address[]> {
    const addresses = await this.resolve(endpoint);
    if (addresses.length === 0) throw EndpointUnreachable({ reason: 'ENOTFOUND' });
    this.assertReachable(endpoint, addresses);
    return addresses;
  }

  /** Lets through what has no address yet: that shows when it is called. @throws PrivateModelEndpoint, HostServiceEndpoint */
  async assertAllowed(endpoint: URL): Promise<void> {
    this.assertReachable(endpoint, await this.resolve(endpoint).catch(() => []));
  }

  /** One address that is private spoils all: whoever mixes them means the private one to be taken. */
  private assertReachable({ hostname }: URL, addresses: readonly Address[]): void {
    if (addresses.some(({ address }) => isHostService(address))) throw HostServiceEndpoint();
    if (this.config.allowPrivateEndpoints) return;
    const isPublic = !ownName.test(hostname) && addresses.every(({ address }) => isPublicAddress(address));
    if (!isPublic) throw PrivateModelEndpoint();
  }

  private async resolve({ hostname }: URL): Promise<Address[]> {
    const host = hostname.replace(/^\[|\]$/g, '');
    const family = isIP(host);
    if (family > 0) return [{ address: host, family }];
    try {
      return await this.resolver.resolve(host);
    } catch (cause) {
      throw EndpointUnreachable({ reason: (cause as NodeJS.ErrnoException).code ?? 'ENOTFOUND' }, { cause });
    }
  }
}
