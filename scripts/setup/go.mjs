import { createHash } from "node:crypto";
import { cp, readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { capture, run } from "../run.mjs";
import { cached, cacheFolder, exists } from "./cache.mjs";

/** What a person runs to get Go. */
export const goHint = "install Go 1.24 or newer (https://go.dev/doc/install)";

/** Whether there is a `go` command. */
export async function haveGo() {
  return (await capture("go", ["version"])) !== undefined;
}

/** Runs `go`. Its own choice of flags is kept out, so that the same version gives the same program everywhere. */
export async function runGo(args, { cwd, env = {} } = {}) {
  const plain = { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-buildvcs=false", GOWORK: "off", ...env };
  await run("go", args, { env: plain, ...(cwd ? { cwd } : {}) });
}

/**
 * Builds a Go program of this project: a folder with `go.mod`, `go.sum` and package main. It is cached by the contents of
 * those files.
 *
 * @returns the executable's path; undefined: it is not built, and `install` is false or there is no Go.
 */
export async function ensureGoProgram(folder, { install }) {
  const name = basename(folder);
  const key = `${name}-${await hashOf(folder)}`;
  const path = join(cacheFolder(), key, name);
  if (await exists(path)) return path;
  if (!install || !(await haveGo())) return undefined;
  await cached(key, async (partial) => {
    console.log(`building ${name}, once; up to a minute`);
    const source = join(partial, "source");
    await cp(folder, source, { recursive: true });
    await runGo(["build", "-trimpath", "-ldflags=-s -w", "-o", join(partial, name), "."], { cwd: source });
  });
  return path;
}

async function hashOf(folder) {
  const hash = createHash("sha256");
  for (const file of (await readdir(folder)).filter((each) => /\.(?:go|mod|sum)$/.test(each)).sort())
    hash.update(`${file}\n`).update(await readFile(join(folder, file)));
  return hash.digest("hex").slice(0, 12);
}
