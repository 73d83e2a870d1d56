import { buildOnRequest } from './build-driver.js';
import { describePublishedClient } from './suite/suite.js';

describePublishedClient({
  name: 'org.conductoross:conductor-client 6.0.0',
  build: await buildOnRequest('java'),
  features: ['versions', 'update', 'bulk', 'several models', 'no description', 'empty template'],
  isRaw: true,
  // A space would arrive as a plus.
  names: ['plain', 'team/summary-é+100%', 'what?#&='],
});
