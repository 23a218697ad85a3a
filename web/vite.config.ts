import {defineConfig} from 'vite';

// The names of what is built are fixed: src/admin/web/CMakeLists.txt puts these files into the
// server.
export default defineConfig({
  base: '/admin/',
  esbuild: {jsx: 'automatic', jsxImportSource: 'preact'},
  build: {
    target: 'es2020',
    assetsInlineLimit: 0,
    modulePreload: false,
    cssCodeSplit: false,
    rollupOptions: {
      output: {
        entryFileNames: 'app.js',
        assetFileNames: 'app[extname]',
        inlineDynamicImports: true,
      },
    },
  },
  test: {include: ['src/**/*.test.ts']},
} as Parameters<typeof defineConfig>[0]);
