import Sequencer from '@jest/test-sequencer';

/** Where the specs stand that take longest: processes are killed, outages waited for, browsers driven there. */
const slow = [
  'prompts/search/bounds',
  'resilience',
  'embedded-postgres',
  'access',
  'clients',
  'docs',
  'openapi',
  'cli',
  'protocols/open-webui/reading/many',
  'protocols/conductor/templates/many',
];
const places = slow.map((place) => new RegExp(`/test/${place}`));
const rankOf = ({ path }) => {
  const rank = places.findIndex((place) => place.test(path));
  return rank < 0 ? places.length : rank;
};

/** Begins with the longest, so that at the end no worker is left alone with one of them. */
export default class LongestFirst extends Sequencer {
  async sort(tests) {
    const usual = [...(await super.sort(tests))];
    return usual.sort((one, other) => rankOf(one) - rankOf(other));
  }
}
