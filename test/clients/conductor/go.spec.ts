import { buildOnRequest } from './build-driver.js';
import { describePublishedClient } from './suite/suite.js';

describePublishedClient({
  name: 'conductor-go 1.5.4',
  build: await buildOnRequest('go'),
  features: [],
  isRaw: true,
  // It puts the name into the path as it is.
  names: ['plain', 'summary of é + more'],
  keepsTokens: true,
});
