import { MeshwasmError } from "../errors.js";
import { limits } from "../limits.js";
import { tagProblem } from "../reference-grammar.js";
import type { Connection } from "./connection.js";
import { eachPage } from "./link.js";

/**
 * All tags of the repository, page by page, in the registry's order.
 * See https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-tags.
 * @throws MeshwasmError NOT_FOUND, SIZE_LIMIT over 100,000 tags, REGISTRY_ERROR for an answer that is no such list.
 */
export async function listTags(connection: Connection): Promise<string[]> {
  const url = connection.url("tags/list");
  url.searchParams.set("n", "1000");
  const tags = new Set<string>();
  await eachPage(connection, { url, accept: "application/json" }, async (response) => {
    const subject = `tags of ${connection.repository}`;
    if (response.status !== 200)
      throw await connection.error(response, `repository ${connection.repository}`);
    for (const tag of tagsOf(await connection.read(response, limits.pageBytes, subject), connection))
      tags.add(tag);
    if (tags.size > limits.tags) {
      throw new MeshwasmError("SIZE_LIMIT", `the ${subject} are more than ${limits.tags}`);
    }
  });
  return [...tags];
}

function tagsOf(bytes: Uint8Array, { host, repository }: Connection): string[] {
  const invalid = (problem: string) =>
    new MeshwasmError("REGISTRY_ERROR", `registry ${host} answered for the tags of ${repository} ${problem}`);
  let answer: unknown;
  try {
    answer = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new MeshwasmError("REGISTRY_ERROR", invalid("without JSON").message, { cause });
  }
  // Some registries say null where the list is empty.
  const tags = (answer as { tags?: unknown } | null)?.tags ?? [];
  if (!Array.isArray(tags)) throw invalid("without a list");
  if (tags.some((tag) => typeof tag !== "string" || tagProblem(tag)))
    throw invalid("with something that is no tag");
  return tags;
}
