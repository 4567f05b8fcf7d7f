/** Prints the demo's steps, a line each with its time. */
export class Steps {
  #count = 0;

  /** Runs a step; its line says what `work` returns. */
  async run<T>(title: string, work: () => Promise<T>, outcome: (value: T) => string): Promise<T> {
    const started = performance.now();
    const value = await work();
    this.done(title, outcome(value), performance.now() - started);
    return value;
  }

  /** A step that is over. */
  done(title: string, outcome: string, millis: number): void {
    const number = String(++this.#count).padStart(2);
    console.log(`${number}. ${title.padEnd(11)} ${(millis / 1000).toFixed(1).padStart(5)} s  ${outcome}`);
  }
}

/** Indented lines under a step. */
export function show(text: string): void {
  console.log(text.replace(/^/gm, "      "));
}
