import { SourceMap, type SourceMapPayload } from "node:module";

/** Translates places in a module into places in its source. */
export class SourcePlaces {
  private readonly map: SourceMap;

  /** @param sourceMap the module's source map, as JSON text */
  constructor(sourceMap: string) {
    this.map = new SourceMap(JSON.parse(sourceMap) as SourceMapPayload);
  }

  /**
   * The innermost frame of a V8 stack that is not the test library's own, as `FILE:LINE:COLUMN`; undefined when no
   * frame is in the module. V8 gives a byte offset in the module, which a source map has as the column of line 1.
   */
  ofStack(stack: string): string | undefined {
    const places = [...stack.matchAll(/wasm-function\[\d+\]:0x([0-9a-f]+)/g)].map(([, offset]) =>
      this.ofOffset(Number.parseInt(offset ?? "0", 16)),
    );
    const own = places.find(
      (place) => place !== undefined && !/^~lib\/|node_modules\/@as-pect\//.test(place),
    );
    return own ?? places.find((place) => place !== undefined);
  }

  /** The place of a byte offset in the module; of an instruction that has none, that of the nearest one before it. */
  ofOffset(offset: number): string | undefined {
    let entry = this.map.findEntry(0, offset);
    while (entryHasNoSource(entry) && "generatedColumn" in entry && entry.generatedColumn > 0) {
      entry = this.map.findEntry(0, entry.generatedColumn - 1);
    }
    if (!("originalSource" in entry) || entryHasNoSource(entry)) return undefined;
    return `${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  }
}

/** As of code that the compiler made up. */
function entryHasNoSource(entry: object): boolean {
  return !("originalSource" in entry) || entry.originalSource === undefined;
}
