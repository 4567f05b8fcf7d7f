import { gzipSync } from "node:zlib";
import { encodeImageConfig } from "../artifact/image-config.js";
import { blobOf, encodeManifest } from "../artifact/packed.js";
import type { Blob } from "../descriptor.js";
import { digestOf } from "../digest.js";
import { mediaTypes } from "../media-types.js";
import { parseReference } from "../reference.js";
import { openStore } from "../store/open.js";

/** The start of every module. */
export const emptyWasm: Uint8Array = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** A member of a hostile tar. */
export interface HostileEntry {
  name: string;
  /** One character. Absent: a file. */
  type?: string;
  bytes?: Uint8Array;
  /** Declared bytes. Absent: those that are there. */
  size?: number;
}

/** A tar with right checksums and whatever else. */
export function hostileTar(entries: readonly HostileEntry[]): Uint8Array {
  return Buffer.concat([...entries.map(member), new Uint8Array(1024)]);
}

function member({
  name,
  type = "0",
  bytes = new Uint8Array(),
  size = bytes.length,
}: HostileEntry): Uint8Array {
  const block = Buffer.alloc(512 + Math.ceil(bytes.length / 512) * 512);
  block.write(name, 0, "latin1");
  block.write("0000644\0", 100);
  block.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  block.write("        ", 148);
  block.write(type, 156);
  if (type === "1" || type === "2") block.write("/etc/passwd", 157);
  block.write("ustar\u000000", 257);
  const sum = block.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  block.set(bytes, 512);
  return block;
}

/** A gzip of that many bytes, all zero: members of 1 MiB, one behind the other, a kilobyte each. */
export function gzipBomb(bytes: number): Uint8Array {
  const one = gzipSync(Buffer.alloc(1024 * 1024), { level: 9 });
  return Buffer.concat(Array.from({ length: Math.ceil(bytes / (1024 * 1024)) }, () => one));
}

/** What is put into a registry by hand, since `push` would not. */
export interface HostileArtifact {
  blobs: readonly Blob[];
  /** Absent: an image of the blobs after the first, which is its config. */
  manifestBytes?: Uint8Array;
}

/** An image whose only layer is that, every digest and size right. */
export function imageOf(layer: Uint8Array, unpacked: Uint8Array = layer): HostileArtifact {
  const config = blobOf(mediaTypes.ociConfig, encodeImageConfig([digestOf(unpacked)]));
  return { blobs: [config, blobOf(mediaTypes.ociLayerGzip, layer)] };
}

/** Puts it under a reference. */
export async function putHostile(ref: string, artifact: HostileArtifact): Promise<void> {
  const { blobs } = artifact;
  const [config, ...layers] = blobs;
  if (!config) throw new Error("an artifact without a config");
  const store = openStore(parseReference(ref), "pull,push", {});
  for (const { descriptor, bytes } of blobs) await store.putBlob(descriptor, bytes);
  const manifest = artifact.manifestBytes ?? encodeManifest(config, layers, {}).manifestBytes;
  await store.putManifest(parseReference(ref).tag ?? "latest", mediaTypes.ociManifest, manifest);
  await store.close();
}
