import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/** Server for API requests of the development console (`npm run console:dev`). */
const SERVER = 'http://127.0.0.1:3000';

/** Writes a gzip copy of each file, which the server sends unchanged. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    writeBundle({ dir = '' }) {
      for (const file of readdirSync(dir).filter((name) => /\.(css|html|js|svg)$/.test(name))) {
        const path = join(dir, file);
        writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  plugins: [compressed()],
  build: {
    target: 'es2023',
    // No inline assets, because the Content-Security-Policy of the page forbids them.
    assetsInlineLimit: 0,
    modulePreload: false,
    // One script with a stable name, because build results are committed and browsers revalidate them on each load.
    rolldownOptions: {
      // "use client" is a directive for React servers and has no effect here.
      onLog: (level, log, handle) => {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log);
      },
      output: { entryFileNames: 'console.js', assetFileNames: 'console[extname]', codeSplitting: false },
    },
  },
  server: {
    proxy: { '^/(api|sandbox|openapi.json|console/session)': SERVER },
  },
});
