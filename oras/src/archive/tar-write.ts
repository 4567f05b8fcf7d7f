import { MeshwasmError } from "../errors.js";

/** A regular file in an archive. */
export interface TarFile {
  /** Relative path with `/`, no `.` or `..`; at most 100 bytes of ASCII when written. */
  name: string;
  bytes: Uint8Array;
}

const blockSize = 512;

/**
 * Writes a POSIX ustar archive whose bytes depend on nothing but the files and their order: mode 0644, owner 0,
 * time 0, no user names, two zero blocks at the end.
 * See https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_06.
 * @throws MeshwasmError INPUT_INVALID for a name that does not fit the header.
 */
export function writeTar(files: readonly TarFile[]): Uint8Array {
  const size = files.reduce((sum, file) => sum + blockSize + padded(file.bytes.length), 2 * blockSize);
  const archive = new Uint8Array(size);
  let offset = 0;
  for (const file of files) {
    writeHeader(archive.subarray(offset, offset + blockSize), file);
    archive.set(file.bytes, offset + blockSize);
    offset += blockSize + padded(file.bytes.length);
  }
  return archive;
}

function padded(length: number): number {
  return Math.ceil(length / blockSize) * blockSize;
}

function writeHeader(block: Uint8Array, file: TarFile): void {
  if (!/^[\x21-\x7e]{1,100}$/.test(file.name)) {
    throw new MeshwasmError(
      "INPUT_INVALID",
      `file name ${JSON.stringify(file.name)} does not fit a tar header`,
    );
  }
  putText(block, 0, file.name);
  putOctal(block, 100, 8, 0o644);
  putOctal(block, 108, 8, 0);
  putOctal(block, 116, 8, 0);
  putOctal(block, 124, 12, file.bytes.length);
  putOctal(block, 136, 12, 0);
  putText(block, 156, "0");
  putText(block, 257, "ustar\u000000");
  putOctal(block, 329, 8, 0);
  putOctal(block, 337, 8, 0);
  // The checksum is taken with its own field as spaces, and ends in NUL and space.
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  putText(block, 148, `${sum.toString(8).padStart(6, "0")}\u0000 `);
}

function putText(block: Uint8Array, offset: number, text: string): void {
  for (let index = 0; index < text.length; index++) block[offset + index] = text.charCodeAt(index);
}

function putOctal(block: Uint8Array, offset: number, width: number, value: number): void {
  putText(block, offset, value.toString(8).padStart(width - 1, "0"));
}
