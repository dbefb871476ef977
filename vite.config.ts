import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { playgroundApi } from './playground/server/vite-plugin.ts'
import { browserProject } from './tests/support/browser-project.ts'

/** One file, three jobs: the library build, the playground (`--mode playground`) and the tests. */
export default defineConfig(({ mode }) => {
  if (mode === 'playground') {
    return { root: 'playground', plugins: [vue(), playgroundApi()] }
  }
  return {
    build: {
      target: 'es2022',
      minify: false,
      lib: { entry: { index: 'src/index.ts' }, formats: ['es'] },
      rolldownOptions: {
        external: /^[^./]/,
        output: { preserveModules: true, preserveModulesRoot: 'src', entryFileNames: '[name].js' },
      },
    },
    test: {
      projects: [
        {
          test: {
            name: 'unit',
            include: ['tests/unit/**/*.test.ts'],
            setupFiles: ['tests/support/fail-on-console.ts'],
            typecheck: { enabled: true, include: ['tests/types/**/*.test-d.ts'], checker: 'vue-tsc' },
          },
        },
        {
          plugins: [vue()],
          test: {
            name: 'integration',
            include: ['tests/integration/**/*.test.ts'],
            setupFiles: ['tests/support/fail-on-console.ts'],
          },
        },
        browserProject(),
      ],
    },
  }
})
