import { digestProblem } from "../digest.js";
import { MeshwasmError } from "../errors.js";
import { asObject, encodeJson, parseJson } from "../json.js";

/**
 * The part of an image config that a filter needs.
 * See https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md.
 */
export interface ImageConfig {
  architecture: string;
  os: string;
  /** Digests of the layers unpacked, in the order of the manifest. */
  diffIds: string[];
  /** RFC 3339; absent: the bytes do not depend on when they were made. */
  created?: string;
}

/**
 * The config of a filter's image. A filter runs on every architecture, yet a config must name one: `linux/amd64`.
 * Istio resolves images for linux/amd64, and a bare manifest is not chosen by platform; containerd compares the
 * value when it unpacks, and takes an absent one for a platform that no node has, so a concrete value is the one
 * that most runtimes accept.
 * Sources: https://github.com/istio/istio/blob/master/pkg/wasm/imagefetcher.go,
 * https://github.com/containerd/containerd/blob/main/core/unpack/unpacker.go,
 * https://github.com/containerd/platforms/blob/main/database.go.
 */
export function encodeImageConfig(diffIds: readonly string[], created?: string): Uint8Array {
  return encodeJson({
    ...(created === undefined ? {} : { created }),
    architecture: "amd64",
    os: "linux",
    config: {},
    rootfs: { type: "layers", diff_ids: diffIds },
  });
}

/**
 * Parses an image config that somebody else wrote. A missing architecture or os reads as "".
 * @throws MeshwasmError MANIFEST_INVALID; ARTIFACT_INVALID when it has no usable `rootfs.diff_ids`.
 */
export function parseImageConfig(bytes: Uint8Array): ImageConfig {
  const object = asObject(parseJson(bytes, "the image config"), "the image config");
  const { architecture, os, created } = object;
  const rootfs = object.rootfs === undefined ? {} : asObject(object.rootfs, "the image config's rootfs");
  const diffIds = rootfs.diff_ids;
  if (
    !Array.isArray(diffIds) ||
    diffIds.some((id) => typeof id !== "string" || digestProblem(id) !== undefined)
  ) {
    throw new MeshwasmError("ARTIFACT_INVALID", "the image config has no valid rootfs.diff_ids");
  }
  return {
    architecture: typeof architecture === "string" ? architecture : "",
    os: typeof os === "string" ? os : "",
    diffIds,
    ...(typeof created === "string" ? { created } : {}),
  };
}
