/** The fractional parts of the cube roots of the first 64 primes (FIPS 180-4, section 4.2.2). */
// @ts-ignore: decorator
@lazy
const ROUNDS: StaticArray<u32> = [
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
];

/** The SHA-256 digest of bytes that come piece by piece (FIPS 180-4). */
export class Sha256 {
  private state: StaticArray<u32> = new StaticArray<u32>(8);
  private words: StaticArray<u32> = new StaticArray<u32>(64);
  private block: Uint8Array = new Uint8Array(64);
  private used: i32 = 0;
  private length: u64 = 0;

  constructor() {
    this.reset();
  }

  /** Begins anew. */
  reset(): Sha256 {
    const state = this.state;
    unchecked((state[0] = 0x6a09e667));
    unchecked((state[1] = 0xbb67ae85));
    unchecked((state[2] = 0x3c6ef372));
    unchecked((state[3] = 0xa54ff53a));
    unchecked((state[4] = 0x510e527f));
    unchecked((state[5] = 0x9b05688c));
    unchecked((state[6] = 0x1f83d9ab));
    unchecked((state[7] = 0x5be0cd19));
    this.used = 0;
    this.length = 0;
    return this;
  }

  /** Adds bytes. */
  update(bytes: Uint8Array): Sha256 {
    let at = bytes.dataStart;
    const end = at + bytes.length;
    this.length += bytes.length;
    while (at < end) {
      if (this.used == 0 && at + 64 <= end) {
        this.compress(at);
        at += 64;
        continue;
      }
      const taken = min(64 - this.used, <i32>(end - at));
      memory.copy(this.block.dataStart + this.used, at, taken);
      this.used += taken;
      at += taken;
      if (this.used < 64) break;
      this.compress(this.block.dataStart);
      this.used = 0;
    }
    return this;
  }

  /** The digest, 32 bytes; the next one begins anew. */
  digest(): Uint8Array {
    const block = this.block.dataStart;
    const bits = this.length << 3;
    store<u8>(block + this.used, 0x80);
    memory.fill(block + this.used + 1, 0, 63 - this.used);
    if (this.used >= 56) {
      this.compress(block);
      memory.fill(block, 0, 64);
    }
    store<u64>(block, bswap<u64>(bits), 56);
    this.compress(block);
    const digest = new Uint8Array(32);
    for (let i = 0; i < 8; i++) store<u32>(digest.dataStart + (i << 2), bswap<u32>(unchecked(this.state[i])));
    this.reset();
    return digest;
  }

  private compress(ptr: usize): void {
    const w = this.words;
    for (let i = 0; i < 16; i++) unchecked((w[i] = bswap<u32>(load<u32>(ptr + (i << 2)))));
    for (let i = 16; i < 64; i++) {
      const a = unchecked(w[i - 15]);
      const b = unchecked(w[i - 2]);
      const s0 = rotr<u32>(a, 7) ^ rotr<u32>(a, 18) ^ (a >> 3);
      const s1 = rotr<u32>(b, 17) ^ rotr<u32>(b, 19) ^ (b >> 10);
      unchecked((w[i] = w[i - 16] + s0 + w[i - 7] + s1));
    }
    const state = this.state;
    let a = unchecked(state[0]);
    let b = unchecked(state[1]);
    let c = unchecked(state[2]);
    let d = unchecked(state[3]);
    let e = unchecked(state[4]);
    let f = unchecked(state[5]);
    let g = unchecked(state[6]);
    let h = unchecked(state[7]);
    for (let i = 0; i < 64; i++) {
      const s1 = rotr<u32>(e, 6) ^ rotr<u32>(e, 11) ^ rotr<u32>(e, 25);
      const t1 = h + s1 + ((e & f) ^ (~e & g)) + unchecked(ROUNDS[i]) + unchecked(w[i]);
      const s0 = rotr<u32>(a, 2) ^ rotr<u32>(a, 13) ^ rotr<u32>(a, 22);
      const t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
      h = g;
      g = f;
      f = e;
      e = d + t1;
      d = c;
      c = b;
      b = a;
      a = t1 + t2;
    }
    unchecked((state[0] += a));
    unchecked((state[1] += b));
    unchecked((state[2] += c));
    unchecked((state[3] += d));
    unchecked((state[4] += e));
    unchecked((state[5] += f));
    unchecked((state[6] += g));
    unchecked((state[7] += h));
  }
}

/** The SHA-256 digest of bytes, 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return new Sha256().update(bytes).digest();
}
