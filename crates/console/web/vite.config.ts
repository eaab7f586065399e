import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `npm run dev` finds a running server. */
const SERVER = process.env['STEPWELL_URL'] ?? 'http://127.0.0.1:8083';

export default defineConfig({
  plugins: [react()],
  build: {
    // `dist` holds a kept file; scripts/compress.mjs removes what an earlier build left.
    emptyOutDir: false,
    manifest: true,
    // The content security policy allows no inline data but images.
    assetsInlineLimit: 0,
    target: 'es2023',
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { '/console/api': SERVER } },
});
