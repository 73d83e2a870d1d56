import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '../common/openapi.decorators.js';
import { Access, Unauthenticated } from '../common/http/access.decorator.js';
import { homePage } from './home-page.js';

@ApiExcludeController()
@Controller()
export class HomeController {
  @Get()
  @Access(Unauthenticated)
  @Header('content-type', 'text/html; charset=utf-8')
  showHome() {
    return homePage;
  }
}
