import { each } from "./binary.js";
import { Reader } from "./reader.js";

const CODE = 10;

/** The offsets at which the bodies of a module's functions begin, in order; none when its bytes cannot be read. */
export function functionStarts(bytes: Uint8Array): readonly number[] {
  const starts: number[] = [];
  try {
    const module = new Reader(bytes, 8, bytes.length);
    while (!module.done) {
      const id = module.byte();
      const section = module.sub(module.varint());
      if (id !== CODE) continue;
      each(section, () => {
        const size = section.varint();
        starts.push(section.position);
        section.skip(size);
      });
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return starts;
}
