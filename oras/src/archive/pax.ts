import { MeshwasmError } from "../errors.js";

/** The records of a pax extended header that change how the next entry is read. */
export interface PaxRecords {
  path?: string;
  size?: number;
}

/**
 * Reads the records of one pax extended header: `LENGTH KEY=VALUE\n`, where LENGTH counts the whole record.
 * Times, owners and extended attributes are ignored; sparse files are refused.
 * See https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_03.
 * @throws MeshwasmError ARCHIVE_INVALID.
 */
export function readPax(bytes: Uint8Array): PaxRecords {
  const records: PaxRecords = {};
  let offset = 0;
  while (offset < bytes.length) {
    const space = bytes.indexOf(0x20, offset);
    const digits = space < 0 ? "" : ascii(bytes.subarray(offset, Math.min(space, offset + 8)));
    const end = offset + Number(digits);
    if (!/^[1-9][0-9]{0,6}$/.test(digits) || end > bytes.length || end <= space || bytes[end - 1] !== 0x0a) {
      throw invalid("a pax record has a wrong length");
    }
    applyRecord(records, bytes.subarray(space + 1, end - 1));
    offset = end;
  }
  return records;
}

function applyRecord(records: PaxRecords, record: Uint8Array): void {
  const equals = record.indexOf(0x3d);
  if (equals < 1) throw invalid("a pax record has no key");
  const key = ascii(record.subarray(0, equals));
  const value = record.subarray(equals + 1);
  if (key.startsWith("GNU.sparse.")) throw invalid("it holds a sparse file");
  if (key === "linkpath") throw invalid("it holds a link");
  if (key === "path") records.path = utf8(value);
  if (key === "size") {
    const digits = ascii(value.subarray(0, 20));
    if (!/^[0-9]{1,15}$/.test(digits)) throw invalid("a pax size is no number");
    records.size = Number(digits);
  }
}

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 256));
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new MeshwasmError("ARCHIVE_INVALID", "the tar archive is refused: a pax path is not UTF-8", {
      cause,
    });
  }
}

function invalid(problem: string): MeshwasmError {
  return new MeshwasmError("ARCHIVE_INVALID", `the tar archive is refused: ${problem}`);
}
