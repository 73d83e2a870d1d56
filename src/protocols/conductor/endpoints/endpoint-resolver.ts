import { Inject, Injectable } from '@nestjs/common';
import { isIP } from 'node:net';
import { ModelsConfig } from '../../../config/models.config.js';
import { EndpointUnreachable, HostServiceEndpoint, PrivateModelEndpoint } from './endpoints.errors.js';
import { isHostService } from './host-services.js';
import { type Address, NameResolver } from './name-resolver.js';
import { isPublicAddress } from './public-address.js';

/** Names of this machine itself, independent of DNS (RFC 6761). */
const localhostPattern = /(^|\.)localhost\.?$/;

/** Resolves endpoints to addresses, and refuses addresses in the network of this server. */
@Injectable()
export class EndpointResolver {
  constructor(
    @Inject(ModelsConfig.KEY) private readonly config: ModelsConfig,
    private readonly names: NameResolver,
  ) {}

  /**
   * The addresses to which a call may connect. @throws PrivateModelEndpoint, HostServiceEndpoint, EndpointUnreachable
   */
  async addressesOf(endpoint: URL): Promise<Address[]> {
    const addresses = await this.resolve(endpoint);
    if (addresses.length === 0) throw EndpointUnreachable({ reason: 'ENOTFOUND' });
    this.assertReachable(endpoint, addresses);
    return addresses;
  }

  /**
   * Accepts a name that cannot be resolved yet. The call itself will fail then. @throws PrivateModelEndpoint,
   * HostServiceEndpoint
   */
  async assertAllowed(endpoint: URL): Promise<void> {
    this.assertReachable(endpoint, await this.resolve(endpoint).catch(() => []));
  }

  /** One private address refuses all, because a name that mixes public and private addresses is likely an attack. */
  private assertReachable({ hostname }: URL, addresses: readonly Address[]): void {
    if (addresses.some(({ address }) => isHostService(address))) throw HostServiceEndpoint();
    if (this.config.allowPrivateEndpoints) return;
    const isPublic = !localhostPattern.test(hostname) && addresses.every(({ address }) => isPublicAddress(address));
    if (!isPublic) throw PrivateModelEndpoint();
  }

  private async resolve({ hostname }: URL): Promise<Address[]> {
    const host = hostname.replace(/^\[|\]$/g, '');
    const family = isIP(host);
    if (family > 0) return [{ address: host, family }];
    try {
      return await this.names.resolve(host);
    } catch (cause) {
      throw EndpointUnreachable({ reason: (cause as NodeJS.ErrnoException).code ?? 'ENOTFOUND' }, { cause });
    }
  }
}
