// Memory that lives for one callback: what the host writes for us (header values, bodies) and the UTF-8 of
// strings on their way to the host. Never managed objects, so the collector cannot run while the host allocates.

/** The part that is kept between callbacks; a callback that needs more gets blocks of its own. */
const CHUNK: usize = 8192;
/** Room for the link to the next large block, and it keeps the payload aligned. */
const LINK: usize = 16;

/** A host that asks for more than 256 MiB at once is mistaken, and the runtime would trap. */
const MAX_ANSWER: usize = 1 << 28;

let base: usize = 0;
let top: usize = 0;
let end: usize = 0;
let large: usize = 0;

/** Returns `size` bytes, 8-aligned, that are valid until the current callback returns. */
export function take(size: usize): usize {
  if (!base) {
    base = heap.alloc(CHUNK);
    top = base;
    end = base + CHUNK;
  }
  const rounded = (size + 7) & ~7;
  if (rounded <= end - top) {
    const at = top;
    top += rounded;
    return at;
  }
  const block = heap.alloc(LINK + size);
  store<usize>(block, large);
  large = block;
  return block + LINK;
}

/** Room for what the host wants to write; 0, which it takes as a failed hostcall, when it asks for too much. */
export function takeForHost(size: usize): usize {
  return size > MAX_ANSWER ? 0 : take(size);
}

/** Takes back everything that `take` has returned; called when the outermost callback returns. */
export function reset(): void {
  top = base;
  while (large) {
    const next = load<usize>(large);
    heap.free(large);
    large = next;
  }
}
