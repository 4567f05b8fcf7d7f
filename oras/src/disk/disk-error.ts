import { MeshwasmError } from "../errors.js";

const words: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EROFS: "the file system is read-only",
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  ENOTDIR: "a part of the path is no folder",
  ENOENT: "it is not there",
  ELOOP: "it is a link",
  EMFILE: "too many files are open",
};

const hints: Readonly<Record<string, string>> = {
  ENOSPC: "make room on that disk and try again: what is complete stays and is not fetched again",
  EDQUOT: "make room within the quota and try again: what is complete stays and is not fetched again",
};

/** Says in one line what the file system refused. A MeshwasmError is passed on. */
export function diskError(cause: unknown, action: string, path: string): MeshwasmError {
  if (cause instanceof MeshwasmError) return cause;
  const { code = "unknown error" } = cause as NodeJS.ErrnoException;
  const reason = Object.hasOwn(words, code) ? `${words[code]} (${code})` : code;
  const hint = Object.hasOwn(hints, code) ? hints[code] : undefined;
  return new MeshwasmError("FILE_FAILED", `${path} cannot be ${action}: ${reason}`, { cause, hint });
}

/** True when there is no such file or folder. */
export function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | null)?.code === "ENOENT";
}
