import { findTool } from "../../parts/go-tools.js";
import { runProgram } from "../run-program.js";
import { type ClientKind, repositoryOf } from "./client.js";

/** go-containerregistry's command. Its `validate` recomputes every digest, the config's diff_ids too. */
export const crane: ClientKind = {
  name: "crane",
  without: () => ({ attach: "has no referrers", referrers: "has no referrers" }),
  open: async ({ materials, env }) => {
    const program = await findTool("crane");
    if (program === undefined) return undefined;
    const run = (...args: string[]) => runProgram(program, args, { env });
    const text = async (...args: string[]) => (await run(...args)).toString().trim();
    return {
      push: async (ref) => {
        // A real image with one layer of a tar.
        await run("append", "--oci-empty-base", "-f", materials.tar, "-t", ref);
      },
      pull: async (ref) => {
        await run("validate", "--remote", ref);
        const layer = await run("blob", `${repositoryOf(ref)}@${materials.layer}`);
        return { digest: await text("digest", ref), content: { layer } };
      },
      tags: async (repository) => (await text("ls", repository)).split("\n"),
      tag: async (ref, tag) => {
        await run("tag", ref, tag);
      },
      pushLayout: async (folder, ref) => {
        await run("push", folder, ref);
      },
      pullLayout: async (ref, folder) => {
        await run("pull", "--format=oci", ref, folder);
        return `oci:${folder}`;
      },
    };
  },
};
