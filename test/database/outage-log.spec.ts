import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { databaseUnavailable } from '../../src/database/database-errors.js';
import { OutageLogger } from '../../src/database/outage-logger.js';

const away = databaseUnavailable(new Error('connect ECONNREFUSED 127.0.0.1:5432'));
let now = 0;
let lines: unknown[];
beforeEach(() => {
  now = 1_000;
  lines = [];
  jest.spyOn(performance, 'now').mockImplementation(() => now);
  jest.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => void lines.push(line));
});
afterEach(() => {
  jest.restoreAllMocks();
});

it('logs a database outage at its start, once a minute and at its end, for any number of failures', () => {
  const outages = new OutageLogger();
  for (let quarters = 0; quarters < 4 * 150; quarters += 1) {
    outages.recordFailure('could not do one thing', away);
    outages.recordFailure('could not do another', new Error('Connection terminated unexpectedly'));
    now += 250;
  }
  expect(lines).toEqual(
    Array(3).fill('the database does not answer: could not do one thing: Error: connect ECONNREFUSED 127.0.0.1:5432'),
  );
  outages.recordSuccess('could not do one thing');
  outages.recordSuccess('could not do another');
  outages.recordSuccess('could not do what never failed');
  expect(lines.slice(3)).toEqual(['the database answers again']);
});

it('logs at most one line a minute about a database that fails repeatedly', () => {
  const outages = new OutageLogger();
  for (let seconds = 0; seconds < 60; seconds += 1) {
    outages.recordFailure('could not do one thing', away);
    outages.recordSuccess('could not do one thing');
    now += 1_000;
  }
  expect(lines).toHaveLength(2);
});

it('logs other failures separately', () => {
  const outages = new OutageLogger();
  outages.recordFailure('could not do one thing', away);
  outages.recordFailure('could not do another', new Error('there is no table'));
  expect(lines.slice(1)).toEqual(['could not do another: Error: there is no table']);
  outages.recordSuccess('could not do another');
  expect(lines.slice(2)).toEqual(['could not do another: over, it was done now']);
});
