import { join } from 'node:path';
import { describePublishedClient } from './suite/suite.js';

const driver = join(import.meta.dirname, 'javascript/driver.mjs');

describePublishedClient({
  name: '@io-orkes/conductor-javascript 4.0.0',
  build: { command: [process.execPath, driver] },
  features: ['versions', 'update', 'bulk', 'several models', 'no description', 'empty template'],
  names: ['plain', 'team/summary of é + 100%', 'what?#&='],
});
