import { SourceMap, type SourceMapPayload } from "node:module";
import { functionStarts } from "../module/function-starts.js";

const LIBRARY = /^~lib\/|node_modules\/@as-pect\//;

/** Translates places in a module into places in its source. */
export class SourcePlaces {
  private readonly map: SourceMap;
  private starts: readonly number[] | undefined;

  /**
   * @param sourceMap the module's source map, as JSON text
   * @param wasm the module; without it nothing is told of library code that the compiler put into the author's functions
   */
  constructor(
    sourceMap: string,
    private readonly wasm?: Uint8Array,
  ) {
    this.map = new SourceMap(JSON.parse(sourceMap) as SourceMapPayload);
  }

  /**
   * The innermost place of a V8 stack that is the author's own, as `FILE:LINE:COLUMN`, else a library's; undefined when no
   * frame is in the module. V8 gives a byte offset in the module, which a source map has as the column of line 1.
   */
  ofStack(stack: string): string | undefined {
    const offsets = [...stack.matchAll(/wasm-function\[\d+\]:0x([0-9a-f]+)/g)].map(([, offset]) =>
      Number.parseInt(offset ?? "0", 16),
    );
    const places = offsets.map((offset) => this.ofOffset(offset));
    for (const [index, place] of places.entries()) {
      const own = this.isLibrary(place) ? this.inlinedIn(offsets[index]!) : place;
      if (own !== undefined) return own;
    }
    return places.find((place) => place !== undefined);
  }

  /** Whether a place is in code that the author only uses. */
  isLibrary(place: string | undefined): boolean {
    return place !== undefined && LIBRARY.test(place);
  }

  /**
   * The author's place that comes last before a byte offset in the same function: where code of a library was put into it, that
   * is what called it. Undefined when all before it is a library's.
   */
  inlinedIn(offset: number): string | undefined {
    this.starts ??= this.wasm === undefined ? [] : functionStarts(this.wasm);
    const start = this.starts.findLast((at) => at <= offset);
    for (let at = offset; start !== undefined && at >= start; ) {
      const entry = this.map.findEntry(0, at);
      if (!("generatedColumn" in entry) || entry.generatedColumn < start) return undefined;
      const place = placeOf(entry);
      if (place !== undefined && !this.isLibrary(place)) return place;
      at = entry.generatedColumn - 1;
    }
    return undefined;
  }

  /** The place of a byte offset in the module; of an instruction that has none, that of the nearest one before it. */
  ofOffset(offset: number): string | undefined {
    let entry = this.map.findEntry(0, offset);
    while (entryHasNoSource(entry) && "generatedColumn" in entry && entry.generatedColumn > 0) {
      entry = this.map.findEntry(0, entry.generatedColumn - 1);
    }
    return placeOf(entry);
  }
}

function placeOf(entry: ReturnType<SourceMap["findEntry"]>): string | undefined {
  if (!("originalSource" in entry) || entryHasNoSource(entry)) return undefined;
  return `${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
}

/** As of code that the compiler made up. */
function entryHasNoSource(entry: object): boolean {
  return !("originalSource" in entry) || entry.originalSource === undefined;
}
