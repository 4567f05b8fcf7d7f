/**
 * A module without the section at its end that points to its source map: what the compiler makes without `--sourceMap`,
 * byte for byte. A module that does not end with it is given back as it is.
 *
 * https://github.com/WebAssembly/tool-conventions/blob/main/Debugging.md#source-maps
 */
export function withoutMapUrl(wasm: Uint8Array, url: string): Uint8Array {
  const section = mapUrlSection(url);
  const start = wasm.byteLength - section.byteLength;
  return start >= 0 && section.equals(wasm.subarray(start)) ? wasm.subarray(0, start) : wasm;
}

/** A custom section (id 0) with the name and the URL, both with their lengths in front. */
function mapUrlSection(url: string): Buffer {
  const content = Buffer.concat([counted("sourceMappingURL"), counted(url)]);
  return Buffer.concat([Buffer.from([0]), leb128(content.byteLength), content]);
}

function counted(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  return Buffer.concat([leb128(bytes.byteLength), bytes]);
}

function leb128(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    bytes.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
    if (rest <= 0x7f) return Buffer.from(bytes);
  }
}
