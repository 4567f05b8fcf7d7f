import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import semver from "semver";
import { MeshwasmError } from "../errors.js";

/** The compilers that the SDK is tested with: from the pinned one to the newest of its line. */
export const supportedCompilers = ">=0.28.14 <0.29.0";

/** One message of asc. */
export interface Diagnostic {
  severity: "error" | "warning" | "info";
  message: string;
  /** Relative to the filter's folder, or `~lib/…`; absent when the message is about no place. */
  file?: string;
  /** From 1. */
  line?: number;
  /** From 1. */
  column?: number;
}

/** What asc's programming interface is given. */
export interface AscOptions {
  stdout: { write(chunk: string | Uint8Array): void };
  stderr: { write(chunk: string | Uint8Array): void };
  writeFile(name: string, contents: string | Uint8Array, baseDir: string): void;
  reportDiagnostic(diagnostic: unknown): void;
  transforms: unknown[];
}

/** asc's programming interface, as far as it is used here. */
export interface Asc {
  main(argv: string[], options: AscOptions): Promise<{ error: Error | null }>;
}

/** The compiler that a filter's folder resolves to. */
export interface Compiler {
  version: string;
  /** Whether the SDK is tested with this version. */
  supported: boolean;
  asc: Asc;
}

/**
 * Finds the `assemblyscript` that a filter pins: the one that `npx asc` in its folder would run.
 *
 * @param from the filter's folder, with a slash behind it, or any file
 * @throws MeshwasmError ASSEMBLYSCRIPT_MISSING
 */
export async function findCompiler(from: string | URL): Promise<Compiler> {
  const require = createRequire(from);
  let manifest: string;
  try {
    manifest = require.resolve("assemblyscript/package.json");
  } catch (cause) {
    throw new MeshwasmError("ASSEMBLYSCRIPT_MISSING", `no assemblyscript is installed for ${from}`, {
      cause,
      hint: `run: npm install (or npm install --save-dev --save-exact assemblyscript@0.28.14) there`,
    });
  }
  const { version, exports } = require(manifest) as {
    version: string;
    exports?: { "./asc"?: { import?: string } };
  };
  // Its exports have no condition that `require.resolve` would follow.
  const file = join(dirname(manifest), exports?.["./asc"]?.import ?? "dist/asc.js");
  const asc = await importAsc(file).catch((cause: unknown) => {
    throw new MeshwasmError("ASSEMBLYSCRIPT_MISSING", `${file} is no compiler that works here`, {
      cause,
      hint: `assemblyscript ${version} is installed; the SDK needs ${supportedCompilers}`,
    });
  });
  return { version, supported: semver.satisfies(version, supportedCompilers), asc };
}

async function importAsc(file: string): Promise<Asc> {
  const asc = (await import(pathToFileURL(file).href)) as Partial<Asc>;
  if (typeof asc.main !== "function") throw new Error(`${file} exports no main`);
  return asc as Asc;
}
