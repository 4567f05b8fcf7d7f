import { join } from "node:path";
import { MeshwasmError } from "../errors.js";
import { type AscOptions, type Compiler, type Diagnostic, findCompiler } from "./compiler.js";
import { CompilerCrash, containCrash } from "./crash.js";
import { formatDiagnostic, readDiagnostic } from "./diagnostics.js";

export interface CompileOptions {
  /** asc arguments: entries and flags. */
  args: string[];
  /** asc transforms beside those that asconfig.json names. */
  transforms?: unknown[];
  /** A folder or file whose `assemblyscript` compiles; absent: the folder's own. */
  compilerFrom?: string | URL;
}

/** What a compile gives, all in memory: nothing is written to disk. */
export interface Compiled {
  compiler: Compiler;
  /** The files that asc would have written, by the names it was given. */
  files: Map<string, Uint8Array | string>;
  warnings: Diagnostic[];
}

/**
 * Runs asc over a folder, with that folder's own compiler and asconfig.json.
 *
 * @throws MeshwasmError ASSEMBLYSCRIPT_MISSING, or COMPILE_FAILED whose message has `FILE:LINE:COLUMN` for each error
 */
export async function compile(dir: string, options: CompileOptions): Promise<Compiled> {
  const compiler = await findCompiler(options.compilerFrom ?? `${dir}/`);
  const diagnostics: Diagnostic[] = [];
  const files = new Map<string, Uint8Array | string>();
  let printed = "";
  const error = await failureOf(compiler, ["--baseDir", dir, ...options.args], {
    stdout: { write: () => {} },
    stderr: {
      write: (chunk) => {
        printed = String(chunk);
      },
    },
    writeFile: (name, contents) => void files.set(name, contents),
    // asc has just printed what it reports.
    reportDiagnostic: (raw) => void diagnostics.push(inFolder(dir, readDiagnostic(raw, printed))),
    transforms: options.transforms ?? [],
  });
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (error || errors.length > 0) {
    const lines = errors.map(formatDiagnostic);
    // What asc says without a place may go on with a stack; --debug shows the whole of it.
    const [reason = ""] = (error?.message ?? "").split("\n");
    throw new MeshwasmError("COMPILE_FAILED", lines.join("\n") || `asc failed: ${reason}`, {
      ...(errors.length > 0 && { details: errors }),
      cause: error ?? undefined,
    });
  }
  return { compiler, files, warnings: diagnostics.filter(({ severity }) => severity === "warning") };
}

async function failureOf(
  { asc, version }: Compiler,
  args: string[],
  options: AscOptions,
): Promise<Error | null> {
  try {
    return (await containCrash(() => asc.main(args, options))).error;
  } catch (cause) {
    if (!(cause instanceof CompilerCrash)) return cause instanceof Error ? cause : new Error(String(cause));
    const reason = /^[A-Z]\w*(?:Error|Exception).*$/m.exec(cause.message)?.[0] ?? "it does not say why";
    throw new MeshwasmError("COMPILE_FAILED", `assemblyscript ${version} crashed: ${reason}`, {
      cause,
      hint: "the compiler itself is at fault: take back the last change bit by bit; --debug shows where it crashed",
    });
  }
}

/** The author's own files as paths that a terminal can open; library files as asc names them. */
function inFolder(dir: string, diagnostic: Diagnostic): Diagnostic {
  const { file } = diagnostic;
  return file === undefined || file.startsWith("~lib/")
    ? diagnostic
    : { ...diagnostic, file: join(dir, file) };
}
