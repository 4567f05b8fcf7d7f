import { findTool } from "../../parts/go-tools.js";
import { runProgram } from "../run-program.js";
import { type ClientKind, repositoryOf } from "./client.js";

/** regclient's command, which knows artifacts and referrers. */
export const regctl: ClientKind = {
  name: "regctl",
  without: () => ({}),
  open: async ({ place, materials, env }) => {
    const program = await findTool("regctl");
    if (program === undefined) return undefined;
    const flags = place.caFile === undefined ? [`--host=reg=${place.host},tls=disabled`] : [];
    const run = (...args: string[]) => runProgram(program, [...args, ...flags], { env });
    const text = async (...args: string[]) => (await run(...args)).toString().trim();
    return {
      push: async (ref) => {
        // The CNCF layout.
        const config = [
          "--config-type",
          "application/vnd.wasm.config.v0+json",
          "--config-file",
          materials.config,
        ];
        await run("artifact", "put", ...config, "-f", materials.wasm, "-m", "application/wasm", ref);
      },
      pull: async (ref, folder) => {
        // It checks every digest while it copies.
        await run("image", "copy", ref, `ocidir://${folder}:copy`);
        const layer = await run("blob", "get", repositoryOf(ref), materials.layer);
        return { digest: await text("image", "digest", ref), content: { layer } };
      },
      tags: async (repository) => (await text("tag", "ls", repository)).split("\n"),
      tag: async (ref, tag) => {
        await run("image", "copy", ref, `${repositoryOf(ref)}:${tag}`);
      },
      pushLayout: async (folder, ref) => {
        await run("image", "copy", `ocidir://${folder}:1.0.0`, ref);
      },
      pullLayout: async (ref, folder) => {
        await run("image", "copy", ref, `ocidir://${folder}:1.0.0`);
        return `oci:${folder}:1.0.0`;
      },
      attach: async (ref, artifactType) => {
        const file = ["-f", materials.wasm, "-m", artifactType];
        await run("artifact", "put", "--artifact-type", artifactType, "--subject", ref, ...file);
      },
      discover: async (ref) => {
        const found = await text("artifact", "list", ref, "--format", "{{json .Descriptors}}");
        return (JSON.parse(found) as { digest: string }[]).map(({ digest }) => digest);
      },
    };
  },
};
