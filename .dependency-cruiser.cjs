// The dependency rule: a folder imports what stands below it, never what stands above or beside it.
const layers = [
  ['config'],
  ['common'],
  ['database', 'storage'],
  ['auth'],
  ['prompts'],
  ['versions'],
  ['analytics'],
  ['protocols'],
  ['health', 'openapi'],
];
const theApplication = '^src/([^/]+[.]ts$|cli/|tool/|workers/)'; // what stands in src itself, its processes and the commands: on top

const within = (folders) => `^src/(${folders.join('|')})/`;

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

const pure = ['versions/package', 'prompts/template'];

module.exports = {
  forbidden: [
    ...upward,
    ...sideways,
    {
      name: 'every-folder-has-its-layer',
      comment: 'A new folder of src belongs in the list at the top of this file.',
      severity: 'error',
      from: {},
      to: { path: '^src/[^/]+/', pathNot: [theApplication, ...layers.map(within)] },
    },
    {
      name: 'pure-folders-know-no-framework',
      comment: 'A command-line client uses them too: no Nest, no database, nothing of the server.',
      severity: 'error',
      from: { path: within(pure) },
      to: {
        pathNot: [within(pure), '^src/common/json[.]ts$', '^node_modules/(zod|yaml|tar-stream)/'],
        dependencyTypesNot: ['core'],
      },
    },
    {
      name: 'the-tool-reaches-files-through-its-own-folder',
      comment: 'src/tool/files follows no link of a project. Settings are files of the user, not of a project.',
      severity: 'error',
      from: { path: '^src/tool/', pathNot: '^src/tool/(files/|settings/|build-program[.]ts$)' },
      to: { path: '^(node:)?fs(/promises)?$' },
    },
    {
      name: 'the-tool-knows-no-server',
      comment: 'It runs elsewhere, and starts at once: from the server it takes what is pure.',
      severity: 'error',
      from: { path: '^src/tool/' },
      to: {
        pathNot: ['^src/tool/', within(pure), '^src/common/(json|require-node)[.]ts$', '^node_modules/'],
        dependencyTypesNot: ['core'],
      },
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
      to: { path: '^src/(((cli|tool)/)?main|workers/worker)[.]ts$' },
    },
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'everything-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'only-declared-dependencies',
      comment: 'What runs in production stands under dependencies in package.json.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: '^src/((cli|tool)/)?main[.]ts$' },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true, // an import of a type is a dependency too
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
