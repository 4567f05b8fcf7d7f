import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmod, cp, readFile, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { test } from "node:test";
import { type ErrorCode, MeshwasmError } from "@meshwasm/oras";
import { startRegistry } from "@meshwasm/oras/registry";
import { filterFolder, temporaryFolder } from "../cli/filter-folder.js";
import { bin, root } from "../cli/run-cli.js";

const page = await readFile(join(root, "cli", "docs", "publishing.md"), "utf8");

/** The shell blocks of the page that are marked `sh runnable`, in order. */
const blocks = [...page.matchAll(/^```sh runnable\n(.*?)^```$/gms)].map(([, block = ""]) => block);

test("what the page shows as runnable runs, from top to bottom, on an embedded registry", async (t) => {
  assert.ok(blocks.length >= 5, `${blocks.length} blocks`);
  const registry = await startRegistry();
  t.after(() => registry.close());
  const filter = await filterFolder(t, { name: "examples/hello" });
  await cp(join(root, "package-lock.json"), join(dirname(dirname(filter)), "package-lock.json"));
  const programs = await temporaryFolder(t);
  const program = join(programs, "meshwasm");
  await writeFile(program, `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`);
  await chmod(program, 0o755);
  const script = blocks.join("\n").replaceAll("registry.example.com", registry.host);
  const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
  const child = spawn("bash", ["-e", "-o", "pipefail", "-x", "-c", script], {
    cwd: filter,
    env: { ...env, PATH: `${programs}${delimiter}${process.env.PATH}` },
  });
  let all = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (all += chunk));
  const code = await new Promise((resolve) => child.once("close", resolve));
  assert.equal(code, 0, all);
  const pulled = await readFile(join(filter, "pulled", "plugin.wasm"));
  assert.ok(pulled.equals(await readFile(join(filter, "build", "filter.wasm"))));
  assert.ok(
    registry.requests.some(
      ({ method, path }) => method === "PUT" && path === "/v2/inside/hello/manifests/0.1.0",
    ),
  );
});

test("the page's error codes have the exit codes that it says", () => {
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (\d) \|/gm)];
  assert.ok(rows.length > 20, `${rows.length} rows`);
  for (const [, code, exit] of rows) {
    assert.equal(new MeshwasmError(code as ErrorCode, "").exitCode, Number(exit), code);
  }
});
