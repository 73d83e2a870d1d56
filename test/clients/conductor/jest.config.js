import base from '../../../jest.config.js';

// Against a server that runs already: nothing is set up, nothing torn down.
const { globalSetup: _setup, globalTeardown: _teardown, ...rest } = base;
export default { ...rest, rootDir: '../../..', roots: ['<rootDir>/test/clients/conductor'] };
