import { failure, json, type Reply } from "./reply.js";
import type { RoutedRequest } from "./request.js";
import type { Store } from "./store.js";

/**
 * `GET /v2/<name>/tags/list`, in lexical order, paged by `n` and `last`.
 * See https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-tags.
 */
export function tagList(store: Store, name: string, request: RoutedRequest): Reply {
  if (request.method !== "GET") return failure("UNSUPPORTED", "tags can only be listed");
  const repository = store.repositories.get(name);
  if (!repository) return failure("NAME_UNKNOWN", "no such repository", { detail: { name } });
  return page([...repository.tags.keys()], request, (tags) => ({ name, tags }));
}

/** `GET /v2/_catalog`, the reference implementation's list of repositories, paged likewise. */
export function catalog(store: Store, request: RoutedRequest): Reply {
  if (request.method !== "GET") return failure("UNSUPPORTED", "the catalog can only be listed");
  return page([...store.repositories.keys()], request, (repositories) => ({ repositories }));
}

function page(all: string[], request: RoutedRequest, wrap: (entries: string[]) => unknown): Reply {
  const n = request.query.get("n");
  if (n !== null && !/^\d{1,9}$/.test(n)) return failure("PAGINATION_NUMBER_INVALID", "n is no number");
  const last = request.query.get("last");
  const sorted = all.sort().filter((entry) => last === null || entry > last);
  const entries = n === null ? sorted : sorted.slice(0, Number(n));
  const end = entries.at(-1);
  const hasMore = end !== undefined && entries.length < sorted.length;
  const link = `<${request.path}?n=${n}&last=${encodeURIComponent(end ?? "")}>; rel="next"`;
  return json(200, wrap(entries), hasMore ? { link } : {});
}
