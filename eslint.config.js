/**
 * Lint rules. They guard what the compiler cannot see: unowned promises, hidden clocks and hidden configuration.
 * Which files own time, environment and printing is tested in test/architecture; here the editor says it at once.
 */
import tseslint from 'typescript-eslint';

const restrictedGlobals = [
  { name: 'setTimeout', message: 'Take a Clock (src/core/clock.ts).' },
  { name: 'setInterval', message: 'Take a Clock (src/core/clock.ts).' },
  { name: 'performance', message: 'Take a Clock (src/core/clock.ts).' },
];

const restrictedProperties = [
  { object: 'Date', property: 'now', message: 'Take a Clock (src/core/clock.ts).' },
  { object: 'process', property: 'env', message: 'Options come from src/server/config.ts.' },
  {
    object: 'AbortSignal',
    property: 'any',
    message: 'Leaks with long-lived signals; use a Scope (src/core/scope.ts).',
  },
  { object: 'Promise', property: 'race', message: 'Leaks against long-lived promises; use a Scope or a queue.' },
];

export default tseslint.config(
  { ignores: ['dist/', '.tap/', 'node_modules/', 'models/', 'recordings/'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/require-await': 'off',
      'no-restricted-syntax': ['error', { selector: 'TSEnumDeclaration', message: 'Use a union of literals.' }],
      eqeqeq: 'error',
      'prefer-const': 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...restrictedGlobals],
      'no-restricted-properties': ['error', ...restrictedProperties],
    },
  },
  {
    // The browser's clock is the page's own; nothing of the server runs here.
    files: ['src/console/**'],
    rules: { 'no-restricted-globals': 'off', 'no-restricted-properties': 'off' },
  },
  { files: ['src/core/system-clock.ts'], rules: { 'no-restricted-globals': 'off', 'no-restricted-properties': 'off' } },
  { files: ['src/server/config.ts'], rules: { 'no-restricted-properties': 'off' } },
  {
    files: ['src/cli/terminal.ts', 'bench/**/*.ts', 'examples/**/*.ts', 'training/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    // A test awaits its subtests through the runner, and plays with malformed values on purpose.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafePromises: [{ from: 'package', package: '@tapjs/core', name: 'PromiseWithSubtest' }] },
      ],
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
);
