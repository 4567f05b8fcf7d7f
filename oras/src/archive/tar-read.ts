import { MeshwasmError } from "../errors.js";
import { limits } from "../limits.js";
import { type PaxRecords, readPax } from "./pax.js";
import type { TarFile } from "./tar-write.js";

// Our own reader: the small libraries skip checksums and bad sizes silently, and keep links and duplicates.

const blockSize = 512;
const maxPax = 64 * 1024;
const maxName = 255;

/** Bounds of {@link readTar}. */
export interface ReadTarOptions {
  /** Entries of any kind. Absent: 1024. */
  maxEntries?: number;
}

/**
 * Reads a tar archive strictly: regular files only (directories are checked and skipped), checksums and declared
 * sizes verified before use, no absolute path, `..`, link, device, sparse file or duplicate name. The returned
 * bytes are views into `archive`, so nothing is allocated for what an entry merely declares.
 * Formats: POSIX ustar and pax, and GNU's header without its extensions.
 * @throws MeshwasmError ARCHIVE_INVALID; SIZE_LIMIT for too many entries.
 */
export function readTar(archive: Uint8Array, options: ReadTarOptions = {}): TarFile[] {
  const maxEntries = options.maxEntries ?? limits.tarEntries;
  const files = new Map<string, TarFile>();
  let pax: PaxRecords | undefined;
  let offset = 0;
  for (let entries = 0; ; entries++) {
    const block = archive.subarray(offset, offset + blockSize);
    if (block.length < blockSize) throw invalid("it ends within an entry");
    if (isZero(block)) break;
    if (entries >= maxEntries) {
      throw new MeshwasmError("SIZE_LIMIT", `the tar archive has more than ${maxEntries} entries`);
    }
    const header = readHeader(block);
    const size = pax?.size ?? header.size;
    const start = offset + blockSize;
    const next = start + Math.ceil(size / blockSize) * blockSize;
    if (next > archive.length) throw invalid("an entry says that it is longer than the archive");
    const bytes = archive.subarray(start, start + size);
    offset = next;

    if (header.type === "x" || header.type === "g") {
      if (size > maxPax) throw invalid("a pax header is too long");
      if (pax) throw invalid("a pax header has no entry");
      const records = readPax(bytes);
      if (header.type === "x") pax = records;
      else if (records.path !== undefined || records.size !== undefined) {
        throw invalid("a global pax header sets a path or a size");
      }
      continue;
    }
    addEntry(files, header.type, pax?.path ?? header.name, bytes);
    pax = undefined;
  }
  if (pax) throw invalid("a pax header has no entry");
  if (!isZero(archive.subarray(offset))) throw invalid("data follows its end");
  return [...files.values()];
}

function addEntry(files: Map<string, TarFile>, type: string, path: string, bytes: Uint8Array): void {
  if (type === "5") {
    checkedName(path.endsWith("/") ? path.slice(0, -1) : path, true);
    if (bytes.length > 0) throw invalid("a directory has content");
    return;
  }
  if (type !== "0" && type !== "\0") throw invalid(`it holds ${kindOf(type)}`);
  const name = checkedName(path, false);
  if (files.has(name)) throw invalid(`it holds ${JSON.stringify(name)} twice`);
  files.set(name, { name, bytes });
}

function checkedName(path: string, isDirectory: boolean): string {
  const name = path.startsWith("./") ? path.slice(2) : path;
  if (isDirectory && (name === "" || name === ".")) return name;
  const shown = JSON.stringify(path.slice(0, 100));
  if (name === "" || name.length > maxName) throw invalid(`the name ${shown} is empty or too long`);
  if (/[\\\u0000-\u001f\u007f]/.test(name)) throw invalid(`the name ${shown} has a forbidden character`);
  if (name.startsWith("/")) throw invalid(`the name ${shown} is absolute`);
  if (name.split("/").some((part) => part === "" || part === "." || part === "..")) {
    throw invalid(`the name ${shown} has an empty, '.' or '..' component`);
  }
  return name;
}

function readHeader(block: Uint8Array): { name: string; size: number; type: string } {
  const magic = latin(block, 257, 8);
  if (magic !== "ustar\u000000" && magic !== "ustar  \u0000")
    throw invalid("it has a header of an unknown kind");
  let sum = 8 * 0x20;
  for (let index = 0; index < blockSize; index++) {
    if (index < 148 || index >= 156) sum += block[index] ?? 0;
  }
  if (octal(block, 148, 8) !== sum) throw invalid("a header has a wrong checksum");
  const isPosix = magic[5] === "\0";
  const prefix = isPosix ? text(block, 345, 155) : "";
  const name = text(block, 0, 100);
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    size: octal(block, 124, 12),
    type: latin(block, 156, 1),
  };
}

function octal(block: Uint8Array, offset: number, width: number): number {
  const match = /^ *([0-7]+)[ \0]*$/.exec(latin(block, offset, width));
  if (!match?.[1]) throw invalid("a header holds a number that is not octal");
  return Number.parseInt(match[1], 8);
}

function text(block: Uint8Array, offset: number, width: number): string {
  const field = block.subarray(offset, offset + width);
  const end = field.indexOf(0);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      end < 0 ? field : field.subarray(0, end),
    );
  } catch (cause) {
    throw new MeshwasmError("ARCHIVE_INVALID", "the tar archive is refused: a name is not UTF-8", { cause });
  }
}

function latin(block: Uint8Array, offset: number, width: number): string {
  return String.fromCharCode(...block.subarray(offset, offset + width));
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

function kindOf(type: string): string {
  const kinds: Record<string, string> = {
    "1": "a hard link",
    "2": "a symbolic link",
    "3": "a character device",
    "4": "a block device",
    "6": "a named pipe",
    S: "a sparse file",
  };
  return kinds[type] ?? `an entry of type ${JSON.stringify(type)}`;
}

function invalid(problem: string): MeshwasmError {
  return new MeshwasmError("ARCHIVE_INVALID", `the tar archive is refused: ${problem}`);
}
