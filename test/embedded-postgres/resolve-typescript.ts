import { registerHooks } from 'node:module';

/** Lets Node run the TypeScript sources, whose imports name the compiled `.js` files. */
registerHooks({
  resolve(specifier, context, nextResolve) {
    const isOurs = specifier.startsWith('.') && context.parentURL?.endsWith('.ts');
    return nextResolve(isOurs ? specifier.replace(/\.js$/, '.ts') : specifier, context);
  },
});
