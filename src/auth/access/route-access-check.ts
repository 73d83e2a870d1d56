import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { accessRuleKey } from '../../common/http/access.decorator.js';

/**
 * Stops the start when a route does not declare who may call it, so that a forgotten declaration does not open the
 * route.
 */
@Injectable()
export class RouteAccessCheck implements OnApplicationBootstrap {
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
  return Reflect.hasMetadata(METHOD_METADATA, handler) && !Reflect.hasMetadata(accessRuleKey, handler);
}
