import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { HomeController } from './home.controller.js';

/** The page at `/`, and what the document is built from. */
@Module({ imports: [DiscoveryModule], controllers: [HomeController] })
export class OpenapiModule {}
