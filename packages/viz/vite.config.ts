import { defineConfig } from 'vite';

export default defineConfig({
  // Relative addresses: the page works below any path of a static host.
  base: './',
  worker: { format: 'es' },
  build: { target: 'es2023', chunkSizeWarningLimit: 2000, assetsInlineLimit: 0 },
});
