/** Objects that a module knows by number. */
export class Handles<T> {
  private readonly objects: T[] = [];

  /** @param what what the numbers mean, for messages */
  constructor(private readonly what: string) {}

  add(object: T): number {
    return this.objects.push(object) - 1;
  }

  get(id: number): T {
    const object = this.objects[id];
    if (object === undefined) throw new Error(`there is no ${this.what} ${id}`);
    return object;
  }
}
