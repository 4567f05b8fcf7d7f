import type { Descriptor } from "../descriptor.js";
import type { BlobContent, Store } from "./store.js";

/** How far the transfer of one blob is. */
export interface BlobProgress {
  digest: string;
  /** Bytes of the blob. */
  size: number;
  /** Bytes that went so far; falls back where a broken transfer begins anew. */
  done: number;
}

/** Told of every blob before the first byte goes, so that a total can be known, and then of each piece. */
export type ProgressListener = (progress: BlobProgress) => void;

/** An option of everything that transfers blobs. */
export interface ProgressOption {
  /** Called often; it must not throw. Absent: nobody wants to know. */
  onProgress?: ProgressListener | undefined;
}

// What is smaller goes in one piece anyway.
const pieceBytes = 256 * 1024;

/** Announces blobs that will be transferred. */
export function announce(blobs: readonly Descriptor[], { onProgress }: ProgressOption): void {
  for (const { digest, size } of blobs) onProgress?.({ digest, size, done: 0 });
}

/** A store whose blobs are counted on their way; without a listener the store itself. */
export function withProgress(store: Store, { onProgress }: ProgressOption): Store {
  if (!onProgress) return store;
  const counted = async function* (
    { digest, size }: Descriptor,
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    known = 0,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    let done = known;
    onProgress({ digest, size, done });
    for await (const chunk of chunks) {
      yield chunk;
      done += chunk.length;
      onProgress({ digest, size, done });
    }
  };
  const whole = ({ digest, size }: Descriptor) => onProgress({ digest, size, done: size });
  const sent = (blob: Descriptor, content: BlobContent): BlobContent => {
    if (!(content instanceof Uint8Array)) return () => counted(blob, content());
    return content.length <= pieceBytes ? content : () => counted(blob, piecesOf(content));
  };
  return {
    place: store.place,
    getManifest: (target) => store.getManifest(target),
    headManifest: (target) => store.headManifest(target),
    putManifest: (target, mediaType, bytes, options) => store.putManifest(target, mediaType, bytes, options),
    deleteManifest: (target) => store.deleteManifest(target),
    hasBlob: async (digest) => store.hasBlob(digest),
    putBlob: async (blob, content, options) => {
      const bytes = await store.putBlob(blob, sent(blob, content), options);
      // Also what was there, or was mounted.
      whole(blob);
      return bytes;
    },
    getBlob: async (blob, maxBytes) => {
      const bytes = await store.getBlob(blob, maxBytes);
      whole(blob);
      return bytes;
    },
    streamBlob: (blob, known) => counted(blob, store.streamBlob(blob, known), known?.size),
    listTags: () => store.listTags(),
    listReferrers: (digest) => store.listReferrers(digest),
    close: () => store.close(),
  };
}

function* piecesOf(content: Uint8Array): Generator<Uint8Array, void, undefined> {
  for (let at = 0; at < content.length; at += pieceBytes) yield content.subarray(at, at + pieceBytes);
}
