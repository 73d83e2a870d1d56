import { buildDriver } from './build-driver.js';
import { describePublishedClient } from './suite/suite.js';

describePublishedClient({
  name: 'conductor-python 2.0.0',
  build: await buildDriver('python'),
  features: ['versions', 'update', 'bulk', 'several models', 'no description', 'empty template'],
  missingIsNull: true,
  names: ['plain', 'team/summary of é + 100%', 'what?#&='],
});
