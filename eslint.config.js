import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const entryPoints = [
  'src/main.ts',
  'src/app/run-server.ts',
  'src/workers/worker.ts',
  'src/admin/main.ts',
  'src/admin/run-admin.ts',
  'packages/cli/src/main.ts',
];

const noBarrels = {
  selector: 'ExportAllDeclaration',
  message: 'No barrels: import each name from the file that declares it.',
};

/** A newcomer searches for the field's words, and reads plain sentences. `no-warning-comments` looks for the same ones. */
const privateWords = ['wish', 'whoever', 'nobody', 'somebody', 'anew', 'tenure', 'errand', 'shelf', 'shelves'];
const capitalized = privateWords.map((word) => word[0].toUpperCase() + word.slice(1));
const names = [
  {
    selector: `Identifier[name=/^(${privateWords.join('|')})(?![a-z])|(${capitalized.join('|')})(?![a-z])/]`,
    message: 'Name it as the field does.',
  },
  { selector: 'PrivateIdentifier', message: 'Members are `private`, without `#`.' },
];

const fewParameters = {
  selector: 'MethodDefinition[kind="constructor"][value.params.length>5]',
  message: 'Split the class: a constructor takes at most five parameters.',
};

// `(isRoot() ? it : it.skip)('…')` is fine: it says when the test runs. `it.skip('…')` says that it never does.
const everyTestRuns = [
  'CallExpression[callee.object.name=/^(it|test|describe)$/][callee.property.name=/^(only|skip|todo)$/]',
  'CallExpression[callee.name=/^(fit|fdescribe|xit|xdescribe|xtest)$/]',
].map((selector) => ({ selector, message: 'Every test runs, always.' }));

/** Types know them, for `using` needs their library; the least version of Node.js does not. */
const newerThanTheLeastNode = ['AsyncDisposableStack', 'DisposableStack', 'SuppressedError'].map((name) => ({
  name,
  message: 'Node.js has it from 24 on; package.json promises less.',
}));

const noFrameworkExceptions = {
  group: ['@nestjs/common'],
  importNamePattern: 'Exception$',
  message: 'Errors are a catalogue: declare one with defineError and throw it by name.',
};

export default defineConfig(
  globalIgnores([
    '**/dist/',
    'coverage/',
    'data/',
    'packages/client/src/generated/',
    'packages/client/src/index.ts',
    'examples/',
  ]),
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'no-control-regex': 'error',
      'no-else-return': 'error',
      'no-empty': 'error',
      'no-empty-pattern': 'error',
      'no-misleading-character-class': 'error',
      'no-nested-ternary': 'error',
      'no-param-reassign': 'error',
      'no-restricted-globals': ['error', ...newerThanTheLeastNode],
      'no-restricted-syntax': ['error', noBarrels, fewParameters, ...names],
      'no-unsafe-finally': 'error',
      'no-unsafe-optional-chaining': 'error',
      'no-useless-assignment': 'error',
      'no-useless-catch': 'error',
      'no-useless-escape': 'error',
      'no-var': 'error',
      'no-warning-comments': [
        'error',
        { terms: ['todo', 'fixme', 'xxx', 'hack', ...privateWords], location: 'anywhere' },
      ],
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'preserve-caught-error': 'error',
      // Each `?.` and `??` counts too, so ten would forbid what reads well.
      complexity: ['error', 12],
      'max-depth': ['error', 3],
      'max-lines': ['error', 300],
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/naming-convention': [
        'error',
        { selector: 'variable', modifiers: ['destructured'], format: null },
        { selector: 'variable', modifiers: ['const', 'global'], format: ['camelCase', 'PascalCase'] },
      ],
      '@typescript-eslint/no-shadow': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // A module of Nest is a class that only its decorator fills.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      // Spreading a string into its code points is how a text is cut here.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      // Off: `return done()` and `() => logger.info(…)` are how callbacks are written, and a callback may answer
      // `T | void`; Nest and MikroORM take object literals and subclasses where their types name a class.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  {
    files: ['src/**/*.ts', 'packages/*/src/**/*.ts'],
    rules: {
      'max-lines-per-function': ['error', { max: 50, skipComments: true }],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only src/config and entry points read the environment.' },
      ],
      'no-restricted-imports': ['error', { patterns: [noFrameworkExceptions] }],
    },
  },
  { files: ['src/config/**', ...entryPoints], rules: { 'no-restricted-properties': 'off' } },
  // Where the framework's own errors become the catalogue's.
  { files: ['src/common/errors/error.filter.ts'], rules: { 'no-restricted-imports': 'off' } },
  {
    files: ['test/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', noBarrels, fewParameters, ...names, ...everyTestRuns],
      'max-lines': ['error', 800],
      // What a test reads out of an answer is proved by its expectations.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  { files: ['scripts/**', 'bench/**'], rules: { 'no-console': 'off' } },
  // Run by npm's scripts only, which bring the newest version along.
  { files: ['bench/**'], rules: { 'no-restricted-globals': 'off' } },
);
