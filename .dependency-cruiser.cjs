// The dependency rule: a folder imports what stands below it, never what stands above or beside it.
const layers = [
  ['config'],
  ['common'],
  ['database', 'storage'],
  ['auth'],
  ['prompts'],
  ['history'],
  ['versions'],
  ['analytics'],
  ['protocols'],
  ['health', 'openapi'],
];
const theApplication = '^src/([^/]+[.]ts$|admin/|app/|workers/)'; // boot and wiring, tasks of operators, processes: on top

// What each package may import besides itself: other packages of this repository, packages of npm, modules of Node.js.
const packages = {
  template: { own: [], npm: [], node: false }, // runs in browsers
  'node-version': { own: [], npm: [], node: true },
  'package-format': { own: ['template'], npm: ['tar-stream', 'yaml', 'zod'], node: true },
  'embedded-postgres': { own: [], npm: ['pg', 'zod'], node: true },
  import: { own: ['template'], npm: ['csv-parse', 'tar-stream', 'zod'], node: true },
  cli: { own: ['import', 'node-version', 'package-format', 'template'], npm: ['.*'], node: true },
  client: { own: ['template'], npm: [], node: false }, // runs in browsers
};
const ofServer = ['template', 'node-version', 'package-format', 'embedded-postgres'];

const within = (folders) => `^src/(${folders.join('|')})/`;
const sourcesOf = (names) => `^packages/(${names.join('|')})/src/`;

const upward = layers.map((folders, level) => ({
  name: `${folders.join('-and-')}-imports-only-what-is-below`,
  comment: 'Where an arrow would turn, the lower folder owns a port and the upper one implements it.',
  severity: 'error',
  from: { path: within(folders) },
  to: { path: [theApplication, ...layers.slice(level + 1).map(within)] },
}));

const sideways = layers
  .filter((folders) => folders.length > 1)
  .flatMap((folders) => folders.map((folder) => [folder, folders.filter((other) => other !== folder)]))
  .map(([folder, others]) => ({
    name: `${folder}-stands-beside-${others.join('-and-')}`,
    severity: 'error',
    from: { path: within([folder]) },
    to: { path: within(others) },
  }));

const alone = Object.entries(packages).map(([name, { own, npm, node }]) => ({
  name: `the-package-${name}-stands-alone`,
  comment: 'A package is used without the server: what it may import is listed at the top of this file.',
  severity: 'error',
  from: { path: sourcesOf([name]) },
  to: {
    pathNot: [
      sourcesOf([name, ...own]),
      ...npm.map((dependency) => `^(packages/${name}/)?node_modules/${dependency}/`),
    ],
    ...(node && { dependencyTypesNot: ['core'] }),
  },
}));

module.exports = {
  forbidden: [
    ...upward,
    ...sideways,
    ...alone,
    {
      name: 'every-folder-has-its-layer',
      comment: 'A new folder of src belongs in the list at the top of this file.',
      severity: 'error',
      from: {},
      to: { path: '^src/[^/]+/', pathNot: [theApplication, ...layers.map(within)] },
    },
    {
      name: 'every-package-has-its-rule',
      comment: 'A new package belongs in the list at the top of this file.',
      severity: 'error',
      from: {},
      to: { path: '^packages/', pathNot: [sourcesOf(Object.keys(packages)), '^packages/[^/]+/node_modules/'] },
    },
    {
      name: 'the-server-knows-no-command-line',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^packages/', pathNot: sourcesOf(ofServer) },
    },
    {
      name: 'the-command-reaches-files-through-its-own-folder',
      comment: 'packages/cli/src/files follows no link of a project. Settings are files of the user, not of a project.',
      severity: 'error',
      from: { path: '^packages/cli/src/', pathNot: '^packages/cli/src/(files/|settings/|build-program[.]ts$)' },
      to: { path: '^(node:)?fs(/promises)?$' },
    },
    {
      name: 'nothing-knows-the-benchmark',
      severity: 'error',
      from: { pathNot: '^(bench|test)/' },
      to: { path: '^bench/' },
    },
    {
      name: 'one-protocol-knows-no-other',
      severity: 'error',
      from: { path: '^src/protocols/([^/]+)/' },
      to: { path: '^src/protocols/[^/]+/', pathNot: '^src/protocols/$1/' },
    },
    {
      name: 'nothing-imports-an-entry-point',
      severity: 'error',
      from: {},
      to: { path: '^(src/((admin/)?main|workers/worker)|packages/cli/src/main)[.]ts$' },
    },
    // What is generated is as its generator makes it.
    { name: 'no-circles', severity: 'error', from: { pathNot: '/generated/' }, to: { circular: true } },
    {
      name: 'no-circles-of-folders',
      scope: 'folder',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    { name: 'everything-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'only-declared-dependencies',
      comment: 'What runs in production stands under dependencies in package.json.',
      severity: 'error',
      from: { pathNot: '^(bench|test)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: '^(src/(admin/)?main|packages/cli/src/main)[.]ts$' },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^packages/[^/]+/(dist|bin|build[.]mjs)' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true, // an import of a type is a dependency too
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@promptyard/source', 'import', 'node', 'default', 'types'],
    },
  },
};
