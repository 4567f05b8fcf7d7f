import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ensureGoProgram } from "../../../scripts/setup/go.mjs";
import { interopPrograms } from "../../../scripts/setup/interop.mjs";
import { runProgram } from "../run-program.js";
import type { ClientKind } from "./client.js";

/** The ORAS Go library, through the program in `oras-go/`. */
export const orasGo: ClientKind = {
  name: "ORAS Go",
  without: () => ({}),
  open: async ({ place, materials, env }) => {
    const program = await ensureGoProgram(interopPrograms["oras-go"], { install: false });
    if (program === undefined) return undefined;
    const plain = place.caFile === undefined ? { ORAS_PLAIN_HTTP: "1" } : {};
    const run = async (...args: string[]): Promise<unknown> =>
      JSON.parse((await runProgram(program, args, { env: { ...env, ...plain } })).toString());
    const { config, wasm } = materials;
    return {
      push: async (ref) => {
        // The two layers that wasme makes.
        const configType = "application/vnd.module.wasm.config.v1+json";
        const content = "application/vnd.module.wasm.content.layer.v1+wasm";
        await run("push", ref, configType, `${configType}=${config}`, `${content}=${wasm}`);
      },
      pull: async (ref, folder) => {
        const { digest } = (await run("pull", ref, folder)) as { digest: string };
        const layer = await readFile(join(folder, "blobs", materials.layer.replace(":", "/")));
        return { digest, content: { layer } };
      },
      tags: async (repository) => (await run("tags", `${repository}:any`)) as string[],
      tag: async (ref, tag) => {
        await run("tag", ref, tag);
      },
      pushLayout: async (folder, ref) => {
        await run("copy", `oci:${folder}:1.0.0`, ref);
      },
      pullLayout: async (ref, folder) => {
        await run("copy", ref, `oci:${folder}:1.0.0`);
        return `oci:${folder}:1.0.0`;
      },
      attach: async (ref, artifactType) => {
        await run("attach", ref, artifactType, `${artifactType}=${wasm}`);
      },
      discover: async (ref) =>
        ((await run("discover", ref)) as { digest: string }[]).map(({ digest }) => digest),
    };
  },
};
