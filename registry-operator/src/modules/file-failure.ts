import { MeshwasmError } from "../errors.js";

const full = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** What a failed file operation means, with the path in the message; a MeshwasmError is returned as it is. */
export function fileFailure(cause: unknown, path: string): MeshwasmError {
  if (cause instanceof MeshwasmError) return cause;
  const code = (cause as NodeJS.ErrnoException).code ?? "error";
  if (full.has(code)) {
    return new MeshwasmError("StoreFull", `no space left to store ${path} (${code})`, {
      cause,
      hint: "free space in the store's file system; it goes on by itself",
    });
  }
  return new MeshwasmError("StoreFailed", `the store refused ${path} (${code})`, {
    cause,
    hint: "the store's folder must be writable for this process",
  });
}
