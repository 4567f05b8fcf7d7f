import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureOrasPython } from "../../../scripts/setup/oras-python.mjs";
import { runProgram } from "../run-program.js";
import { type ClientKind, repositoryOf } from "./client.js";

const script = fileURLToPath(new URL("../oras-python.py", import.meta.url));

/** The ORAS Python SDK, through the script `oras-python.py`. */
export const orasPython: ClientKind = {
  name: "ORAS Python",
  without: ({ hasReferrersApi }) => ({
    attach: "cannot list referrers",
    ...(hasReferrersApi ? {} : { referrers: "does not write the referrers tag" }),
  }),
  open: async ({ place, materials, env }) => {
    const path = await ensureOrasPython({ install: false });
    if (path === undefined) return undefined;
    // It does not read from the challenge which of the two a registry wants.
    const backend = place.caFile === undefined && place.credentials ? "basic" : "token";
    const plain = place.caFile === undefined ? { ORAS_PLAIN_HTTP: "1" } : {};
    const more = { PYTHONPATH: path, ORAS_AUTH_BACKEND: backend, ...plain };
    const run = async (...args: string[]): Promise<unknown> => {
      const options = { env: { ...env, ...more }, cwd: materials.folder };
      return JSON.parse((await runProgram("python3", [script, ...args], options)).toString());
    };
    return {
      push: async (ref) => {
        // One layer, as `oras push` of a module makes it.
        const content = "application/vnd.module.wasm.content.layer.v1+wasm";
        const config = "config.json:application/vnd.module.wasm.config.v1+json";
        await run("push", ref, config, `plugin.wasm:${content}`);
      },
      pull: async (ref, folder) => {
        await mkdir(folder, { recursive: true });
        await run("pull", ref, folder);
        const { digest } = (await run("digest", ref)) as { digest: string };
        return { digest, content: { wasm: await readFile(join(folder, "plugin.wasm")) } };
      },
      tags: async (repository) => (await run("tags", repository)) as string[],
      tag: async (ref, tag) => {
        await run("tag", ref, `${repositoryOf(ref)}:${tag}`);
      },
      pushLayout: async (folder, ref) => {
        await run("push-layout", folder, ref);
      },
      pullLayout: async (ref, folder) => {
        await run("pull-layout", ref, folder);
        return `oci:${folder}:1.0.0`;
      },
      attach: async (ref, artifactType) => {
        await run("attach", ref, `${repositoryOf(ref)}:attached`, `plugin.wasm:${artifactType}`);
      },
    };
  },
};
