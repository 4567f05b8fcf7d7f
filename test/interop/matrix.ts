/** What became of one cell. */
export type Outcome = "yes" | "no" | { without: string };

/** The interop matrix: our commands down, other people's clients across, one sign for each registry. */
export class Matrix {
  readonly #rows: readonly string[];
  readonly #clients: readonly string[];
  readonly #registries: readonly string[];
  readonly #outcomes = new Map<string, Outcome>();

  constructor(rows: readonly string[], clients: readonly string[], registries: readonly string[]) {
    this.#rows = rows;
    this.#clients = clients;
    this.#registries = registries;
  }

  /** Notes what became of a cell. */
  set(registry: string, row: string, client: string, outcome: Outcome): void {
    this.#outcomes.set(`${registry}\n${row}\n${client}`, outcome);
  }

  /** Cells of which nothing is known. */
  get open(): string[] {
    const all = this.#registries.flatMap((registry) =>
      this.#rows.flatMap((row) => this.#clients.map((client) => `${registry}\n${row}\n${client}`)),
    );
    return all.filter((cell) => !this.#outcomes.has(cell)).map((cell) => cell.replaceAll("\n", " / "));
  }

  /** The table, with a legend. */
  toString(): string {
    const width = Math.max(...this.#rows.map((row) => row.length)) + 2;
    const columns = this.#clients.map((client) => Math.max(client.length, this.#registries.length) + 2);
    const line = (first: string, cells: readonly string[]) =>
      (first.padEnd(width) + cells.map((cell, at) => cell.padEnd(columns[at] ?? 0)).join("")).trimEnd();
    return [
      "Interop: ours down, theirs across; one sign for each registry, in this order:",
      ...this.#registries.map((registry, at) => `  ${at + 1} ${registry}`),
      "✓ agree   ✗ do not   - the client has no such thing   ? not run",
      "",
      line("", this.#clients),
      ...this.#rows.map((row) =>
        line(
          row,
          this.#clients.map((client) =>
            this.#registries.map((each) => this.#sign(each, row, client)).join(""),
          ),
        ),
      ),
      "",
      ...this.#reasons(),
    ].join("\n");
  }

  #sign(registry: string, row: string, client: string): string {
    const outcome = this.#outcomes.get(`${registry}\n${row}\n${client}`);
    if (outcome === undefined) return "?";
    if (typeof outcome === "object") return "-";
    return outcome === "yes" ? "✓" : "✗";
  }

  #reasons(): string[] {
    const reasons = [...this.#outcomes].flatMap(([cell, outcome]) => {
      const [, row, client] = cell.split("\n");
      return typeof outcome === "object" ? [`- ${row}: ${client} ${outcome.without}`] : [];
    });
    return [...new Set(reasons)];
  }
}
