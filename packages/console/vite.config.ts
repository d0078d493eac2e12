import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/** Where the console's requests go while it is worked on (`npm run console:dev`). */
const SERVER = 'http://127.0.0.1:3000';

/** Beside each file its gzip, which the server hands out as it is. */
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
    // Everything is a file of its own: the page's Content-Security-Policy allows nothing inline.
    assetsInlineLimit: 0,
    modulePreload: false,
    // Stable names, and one script: what is built is committed, and a browser asks each time whether it has changed.
    rolldownOptions: {
      // "use client" says something to servers that render React, and nothing here.
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
