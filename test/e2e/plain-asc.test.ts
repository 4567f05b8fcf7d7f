import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { buildFilter } from "../../cli/src/build/build.js";
import { loadFilter } from "../../cli/src/filter/load.js";
import { requireEnvoy } from "../parts/envoy.js";
import { type BuiltFilter, valuesOf } from "./engines/engine.js";
import { envoyEngine } from "./engines/envoy.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);
const noEnvoy = await requireEnvoy();

describe("examples/hello with plain asc", () => {
  let folder: string;
  let filter: BuiltFilter;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "meshwasm-asc-"));
    await cp(join(root, "examples/hello"), folder, {
      recursive: true,
      filter: (path) => !path.endsWith("/build"),
    });
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    await run(process.execPath, [join(root, "node_modules/assemblyscript/bin/asc.js")], { cwd: folder });
    filter = { wasm: await readFile(join(folder, "build/filter.wasm")), rootId: "hello", kind: "http" };
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("gives the bytes of meshwasm build, at most 16 kB", async () => {
    const built = await buildFilter(await loadFilter(join(root, "examples/hello")), {
      out: join(folder, "cli.wasm"),
    });
    assert.ok(filter.wasm.length <= 16_000, `${filter.wasm.length} bytes`);
    assert.equal(Buffer.compare(filter.wasm, await readFile(built.wasm)), 0);
  });

  it("is loaded by Envoy", { skip: noEnvoy }, async () => {
    const envoy = await envoyEngine(filter);
    try {
      const outcome = await envoy.http({ name: "", request: { path: "/" }, expect: { status: 200 } });
      assert.deepEqual(valuesOf(outcome.response, "x-hello"), ["world"]);
    } finally {
      await envoy.close();
    }
  });

  it("is TypeScript to an editor, like the SDK", async () => {
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    for (const project of ["sdk/assembly", "examples/hello/assembly"]) {
      const { stdout } = await run(process.execPath, [tsc, "-p", join(root, project)]).catch(
        (error) => error,
      );
      assert.equal(stdout, "", project);
    }
  });
});
