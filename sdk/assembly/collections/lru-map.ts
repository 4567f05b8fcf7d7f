class Entry<K, V> {
  /** Used before this one; null: none. */
  older: Entry<K, V> | null = null;
  /** Used after this one; null: none. */
  newer: Entry<K, V> | null = null;

  constructor(
    public key: K,
    public value: V,
  ) {}
}

/** A map of bounded size: where it is full, the entry that was not used for the longest time makes room. */
export class LruMap<K, V> {
  private entries: Map<K, Entry<K, V>> = new Map<K, Entry<K, V>>();
  private oldest: Entry<K, V> | null = null;
  private newest: Entry<K, V> | null = null;

  /** @param capacity how many entries it keeps; with 0 or less it keeps none */
  constructor(readonly capacity: i32) {}

  /** How many entries there are. */
  get size(): i32 {
    return this.entries.size;
  }

  /** Whether a key is there. Does not count as a use. */
  has(key: K): bool {
    return this.entries.has(key);
  }

  /** The value of a key, or `fallback`. Counts as a use. */
  get(key: K, fallback: V): V {
    if (!this.entries.has(key)) return fallback;
    const entry = this.entries.get(key);
    this.unlink(entry);
    this.link(entry);
    return entry.value;
  }

  /** Sets the value of a key, which counts as a use. */
  set(key: K, value: V): void {
    if (this.entries.has(key)) {
      const entry = this.entries.get(key);
      entry.value = value;
      this.unlink(entry);
      this.link(entry);
      return;
    }
    if (this.capacity <= 0) return;
    const oldest = this.oldest;
    if (this.entries.size >= this.capacity && oldest) this.delete(oldest.key);
    const entry = new Entry<K, V>(key, value);
    this.entries.set(key, entry);
    this.link(entry);
  }

  /** Removes a key; whether it was there. */
  delete(key: K): bool {
    if (!this.entries.has(key)) return false;
    this.unlink(this.entries.get(key));
    return this.entries.delete(key);
  }

  /** Removes everything. */
  clear(): void {
    this.entries.clear();
    this.oldest = null;
    this.newest = null;
  }

  private unlink(entry: Entry<K, V>): void {
    const older = entry.older;
    const newer = entry.newer;
    if (older) older.newer = newer;
    else this.oldest = newer;
    if (newer) newer.older = older;
    else this.newest = older;
    entry.older = null;
    entry.newer = null;
  }

  private link(entry: Entry<K, V>): void {
    const newest = this.newest;
    entry.older = newest;
    if (newest) newest.newer = entry;
    else this.oldest = entry;
    this.newest = entry;
  }
}
