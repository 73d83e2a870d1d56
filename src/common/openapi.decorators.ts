type Swagger = typeof import('@nestjs/swagger');
type Decorator = ClassDecorator & MethodDecorator;
type Target = Parameters<MethodDecorator>;

const pending: ((swagger: Swagger) => void)[] = [];

/**
 * A decorator of @nestjs/swagger that is applied when the document is built. Most servers never build it, and the
 * library is 530 modules, a sixth of all that a start would load.
 */
function atDocumentation(decoratorOf: (swagger: Swagger) => ClassDecorator | MethodDecorator): Decorator {
  return (...target: unknown[]) => {
    pending.push((swagger) => (decoratorOf(swagger) as MethodDecorator)(...(target as Target)));
  };
}

/** Loads @nestjs/swagger and applies the decorators that wait for it. */
export async function loadSwagger(): Promise<Swagger> {
  const swagger = await import('@nestjs/swagger');
  for (const apply of pending.splice(0)) apply(swagger);
  return swagger;
}

export const ApiBody = (...options: Parameters<Swagger['ApiBody']>) =>
  atDocumentation((swagger) => swagger.ApiBody(...options));

export const ApiConsumes = (...types: string[]) => atDocumentation((swagger) => swagger.ApiConsumes(...types));

export const ApiExcludeController = () => atDocumentation((swagger) => swagger.ApiExcludeController());

export const ApiHeader = (...options: Parameters<Swagger['ApiHeader']>) =>
  atDocumentation((swagger) => swagger.ApiHeader(...options));

export const ApiOperation = (...options: Parameters<Swagger['ApiOperation']>) =>
  atDocumentation((swagger) => swagger.ApiOperation(...options));

export const ApiProduces = (...types: string[]) => atDocumentation((swagger) => swagger.ApiProduces(...types));

export const ApiResponse = (...options: Parameters<Swagger['ApiResponse']>) =>
  atDocumentation((swagger) => swagger.ApiResponse(...options));

export const ApiTags = (...tags: string[]) => atDocumentation((swagger) => swagger.ApiTags(...tags));
