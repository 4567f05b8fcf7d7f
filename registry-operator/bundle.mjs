// Makes one file of the operator with everything that it needs, for its image. Usage: node bundle.mjs [FILE]
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const folder = dirname(fileURLToPath(import.meta.url));

/** Bundles the sources into `outfile`, which must lie one folder below a copy of package.json: it reads its version. */
export async function bundle(outfile) {
  await build({
    stdin: {
      contents: 'import { main } from "./src/main.ts"; process.exit(await main(process.argv.slice(2)));',
      resolveDir: folder,
      sourcefile: "meshwasm-operator.ts",
    },
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    conditions: ["meshwasm:source"],
    sourcemap: "linked",
    legalComments: "linked",
    logLevel: "warning",
    // Some dependencies are CommonJS and ask for Node's own modules at run time.
    banner: {
      js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
    },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await bundle(process.argv[2] ?? join(folder, "bundle", "meshwasm-operator.js"));
}
