/** @type {import('jest').Config} */
export default {
  testEnvironment: '<rootDir>/test/support/run/environment.mjs',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^@promptyard/([^/]+)/(.+)\\.js$': '<rootDir>/packages/$1/src/$2',
  },
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json'],
  globalSetup: '<rootDir>/test/support/run/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/run/global-teardown.mjs',
  testTimeout: 120_000,
  testSequencer: '<rootDir>/test/support/run/longest-first.mjs',
  // One more than the cores of a small machine: many tests wait for processes, containers and clocks.
  maxWorkers: 3,
  // Modules of ended tests stay in a worker's memory, and cost it ever more time.
  workerIdleMemoryLimit: '1200MB',
};
