import { limits } from "../limits.js";
import { tagProblem } from "../reference-grammar.js";
import type { Connection } from "./connection.js";
import { listNames } from "./names.js";

/**
 * All tags of the repository, page by page, in the registry's order.
 * See https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-tags.
 * @throws MeshwasmError NOT_FOUND, SIZE_LIMIT over 100,000 tags, REGISTRY_ERROR for an answer that is no such list.
 */
export function listTags(connection: Connection): Promise<string[]> {
  return listNames(connection, {
    url: connection.url("tags/list"),
    member: "tags",
    subject: `repository ${connection.repository}`,
    what: `tags of ${connection.repository}`,
    limit: limits.tags,
    kind: "tag",
    isValid: (tag) => tagProblem(tag) === undefined,
  });
}
