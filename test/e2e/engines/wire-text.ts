// Node gives and takes header values as one character a byte; the tables mean UTF-8.

/** UTF-8 text as Node wants it in a header. */
export function toWire(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** What Node read in a header, as UTF-8 text. */
export function fromWire(text: string): string {
  return Buffer.from(text, "latin1").toString("utf8");
}

/** Node's `rawHeaders` as pairs with lower-case names. */
export function headersFromWire(raw: readonly string[]): [name: string, value: string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2)
    pairs.push([(raw[i] ?? "").toLowerCase(), fromWire(raw[i + 1] ?? "")]);
  return pairs;
}
