import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The build is committed, so it must come out the same everywhere: one script
// and one sheet, named by their content. Nothing is inlined, because the
// policy of the pages allows no data: addresses.
export default defineConfig({
  base: '/ui/',
  plugins: [react()],
  build: {
    outDir: '../internal/dashboard/build',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  // `npm run dev` shows the sources with the API of a server on this machine.
  server: {
    proxy: Object.fromEntries(
      ['/jobs', '/events', '/session', '/keys', '/usage', '/webhooks', '/stats', '/readyz', '/pauses', '/files', '/openapi'].map((path) => [
        path,
        'http://127.0.0.1:8080',
      ]),
    ),
  },
});
