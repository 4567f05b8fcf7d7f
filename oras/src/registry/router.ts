import { blob } from "./blobs.js";
import { isName } from "./grammar.js";
import { catalog, tagList } from "./lists.js";
import { manifest, referrers } from "./manifests.js";
import { failure, json, type Reply } from "./reply.js";
import type { RoutedRequest } from "./request.js";
import type { Store } from "./store.js";
import { continueUpload, startUpload } from "./uploads.js";

/** What a path means. */
export type Route =
  | { kind: "base" | "catalog" }
  | { kind: "tags" | "startUpload"; name: string }
  | { kind: "upload" | "blob" | "manifest" | "referrers"; name: string; target: string };

// A repository's name may itself contain "blobs" or "manifests", so the last such component counts.
const patterns: readonly (readonly [Route["kind"], RegExp])[] = [
  ["base", /^\/v2\/?$/],
  ["catalog", /^\/v2\/_catalog$/],
  ["tags", /^\/v2\/(.+)\/tags\/list$/],
  ["startUpload", /^\/v2\/(.+)\/blobs\/uploads\/?$/],
  ["upload", /^\/v2\/(.+)\/blobs\/uploads\/([^/]+)$/],
  ["blob", /^\/v2\/(.+)\/blobs\/([^/]+)$/],
  ["manifest", /^\/v2\/(.+)\/manifests\/([^/]+)$/],
  ["referrers", /^\/v2\/(.+)\/referrers\/([^/]+)$/],
];

/** Finds what a path means; undefined when the API has no such path. */
export function routeOf(path: string): Route | undefined {
  for (const [kind, pattern] of patterns) {
    const match = pattern.exec(path);
    if (match) return { kind, name: match[1] ?? "", target: match[2] ?? "" } as Route;
  }
  return undefined;
}

/** Answers a request that is allowed to do what it asks. */
export function answer(store: Store, request: RoutedRequest, maxManifestBytes: number): Reply {
  const route = routeOf(request.path);
  if (!route) return failure("UNSUPPORTED", "no such endpoint", { status: 404 });
  if ("name" in route && route.name !== "" && !isName(route.name)) {
    return failure("NAME_INVALID", "the repository name is not valid", { detail: { name: route.name } });
  }
  switch (route.kind) {
    case "base":
      return request.method === "GET" || request.method === "HEAD"
        ? json(200, {}, { "docker-distribution-api-version": "registry/2.0" })
        : failure("UNSUPPORTED", "the base can only be read");
    case "catalog":
      return catalog(store, request);
    case "tags":
      return tagList(store, route.name, request);
    case "startUpload":
      return request.method === "POST"
        ? startUpload(store, route.name, request)
        : failure("UNSUPPORTED", "an upload starts with POST");
    case "upload":
      return continueUpload(store, route.name, route.target, request);
    case "blob":
      return blob(store, route.name, route.target, request);
    case "manifest":
      return manifest(store, route.name, route.target, request, maxManifestBytes);
    case "referrers":
      return referrers(store, route.name, route.target, request);
  }
}
