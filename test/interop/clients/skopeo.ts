import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { findTool } from "../../parts/go-tools.js";
import { runProgram } from "../run-program.js";
import { type ClientKind, repositoryOf } from "./client.js";

/** The containers project's command, which copies and converts images. */
export const skopeo: ClientKind = {
  name: "skopeo",
  without: () => ({ attach: "has no referrers", referrers: "has no referrers" }),
  open: async ({ place, materials, env }) => {
    const program = await findTool("skopeo");
    if (program === undefined) return undefined;
    const isPlain = place.caFile === undefined;
    const run = (...args: string[]) => runProgram(program, args, { env });
    const from = isPlain ? ["--src-tls-verify=false"] : [];
    const to = isPlain ? ["--dest-tls-verify=false"] : [];
    const one = isPlain ? ["--tls-verify=false"] : [];
    return {
      push: async (ref) => {
        // Converted to Docker's manifest.
        await run("copy", "--format", "v2s2", ...to, `oci:${materials.layout}:1.0.0`, `docker://${ref}`);
      },
      pull: async (ref, folder) => {
        await run("copy", ...from, `docker://${ref}`, `dir:${folder}`);
        const layer = await readFile(join(folder, materials.layer.slice("sha256:".length)));
        const digest = (
          await run("inspect", ...one, "--format", "{{.Digest}}", `docker://${ref}`)
        ).toString();
        return { digest: digest.trim(), content: { layer } };
      },
      tags: async (repository) => {
        const listed = (await run("list-tags", ...one, `docker://${repository}`)).toString();
        return (JSON.parse(listed) as { Tags: string[] }).Tags;
      },
      tag: async (ref, tag) => {
        await run("copy", ...from, ...to, `docker://${ref}`, `docker://${repositoryOf(ref)}:${tag}`);
      },
      pushLayout: async (folder, ref) => {
        await run("copy", ...to, `oci:${folder}:1.0.0`, `docker://${ref}`);
      },
      pullLayout: async (ref, folder) => {
        await run("copy", ...from, `docker://${ref}`, `oci:${folder}:1.0.0`);
        return `oci:${folder}:1.0.0`;
      },
    };
  },
};
