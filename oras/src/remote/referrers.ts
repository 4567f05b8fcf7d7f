import type { Descriptor } from "../descriptor.js";
import { MeshwasmError } from "../errors.js";
import { parseIndex } from "../image-index.js";
import { limits } from "../limits.js";
import { mediaTypes } from "../media-types.js";
import { referrersTag } from "../store/referrers-tag.js";
import type { Store } from "../store/store.js";
import type { Connection } from "./connection.js";
import { eachPage } from "./link.js";

/**
 * What refers to a manifest: by the referrers API, or by the tag schema where the registry lacks it.
 * See https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers.
 * @throws MeshwasmError REGISTRY_ERROR, MANIFEST_INVALID, SIZE_LIMIT over 10,000 referrers.
 */
export async function listReferrers(
  connection: Connection,
  repository: Store,
  digest: string,
): Promise<Descriptor[]> {
  const found: Descriptor[] = [];
  let isOffered = true;
  const url = connection.url(`referrers/${digest}`);
  await eachPage(connection, { url, accept: mediaTypes.ociIndex }, async (response) => {
    const subject = `referrers of ${connection.repository}@${digest}`;
    const type = response.header("content-type")?.split(";")[0]?.trim();
    // Some answer unknown paths with a page of their own rather than with 404.
    if (
      response.status === 404 ||
      response.status === 405 ||
      (response.status === 200 && type !== mediaTypes.ociIndex)
    ) {
      await response.discard();
      isOffered = false;
      return;
    }
    if (response.status !== 200) throw await connection.error(response, subject);
    found.push(
      ...parseIndex(await connection.read(response, limits.pageBytes, subject), "the list of referrers"),
    );
    if (found.length > limits.indexEntries) {
      throw new MeshwasmError("SIZE_LIMIT", `the ${subject} are more than ${limits.indexEntries}`);
    }
  });
  return isOffered ? found : listByTag(repository, digest);
}

async function listByTag(repository: Store, digest: string): Promise<Descriptor[]> {
  const tag = referrersTag(digest);
  if ((await repository.headManifest(tag)) === undefined) return [];
  return parseIndex((await repository.getManifest(tag)).bytes, `the index ${tag}`);
}
