import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { ACCESS_RULE } from '../../common/http/access.decorator.js';

/** Stops the start when a route does not say who may call it: forgetting is no way to open a door. */
@Injectable()
export class DeclaredAccess implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  onApplicationBootstrap(): void {
    const undeclared = this.discovery.getControllers().flatMap(({ metatype }) => {
      const prototype = (metatype?.prototype ?? {}) as Record<string, object>;
      return this.scanner
        .getAllMethodNames(prototype)
        .filter((name) => isUndeclaredRoute(prototype[name]))
        .map((name) => `${metatype?.name}.${name}`);
    });
    if (undeclared.length > 0) throw new Error(`Routes without @Access(...): ${undeclared.join(', ')}`);
  }
}

function isUndeclaredRoute(handler: object | undefined): boolean {
  if (!handler) return false;
  return Reflect.hasMetadata(METHOD_METADATA, handler) && !Reflect.hasMetadata(ACCESS_RULE, handler);
}
