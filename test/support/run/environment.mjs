import { TestEnvironment } from 'jest-environment-node';

/**
 * Where specs run. Outside of their sandbox it starts the compiled server, whose modules are then loaded once for each
 * worker of the test run, and not once for each spec.
 */
export default class ServerEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global.startCompiledServer = startCompiledServer;
  }
}

async function startCompiledServer(environment) {
  const { readConfig } = await import('../../../dist/config/config.js');
  const { createLogger } = await import('../../../dist/app/logger.js');
  const { startServer } = await import('../../../dist/app/server.js');
  const config = readConfig(environment);
  return startServer(config, createLogger(config.server));
}
