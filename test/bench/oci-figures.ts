import type { Spread } from "./statistics.js";

/** A line of the table. */
export interface OciRow extends Spread {
  what: string;
  /** The subject. */
  name: string;
  unit: string;
}

/** What a part of the OCI benchmark measured. */
export interface OciFigures {
  rows: OciRow[];
  /** Ratios and counts by name, for the file of results. */
  ratios: Record<string, number>;
}

/** What the ratios are to be: no more than that, or where it says so, no less. */
export const targets: Readonly<Record<string, { most: number } | { least: number }>> = {
  push: { most: 1.3 },
  pull: { most: 1.3 },
  unchangedRequests: { most: 3 },
  unchangedUploadedBytes: { most: 0 },
  mirrorSpeed: { least: 0.8 },
  blobPeakMegabytes: { most: 120 },
};

/** The table as text: a row with its median and quartiles, then every ratio with its target. */
export function describeFigures({ rows, ratios }: OciFigures): string[] {
  const number = (value: number) => value.toFixed(value < 100 ? 1 : 0);
  const lines = rows.map(({ what, name, unit, median, quartiles: [low, high] }) => {
    const range = low === high ? "" : ` (${number(low)} to ${number(high)})`;
    return `${what.padEnd(22)} ${name.padEnd(13)} ${number(median).padStart(6)} ${unit}${range}`;
  });
  const compared = Object.entries(ratios).map(([name, value]) => {
    const target = targets[name];
    const wanted =
      target === undefined
        ? ""
        : "most" in target
          ? `, at most ${target.most}`
          : `, at least ${target.least}`;
    const holds = target === undefined || ("most" in target ? value <= target.most : value >= target.least);
    return `${name.padEnd(36)} ${value.toFixed(2).padStart(6)}${wanted}${holds ? "" : "  MISSED"}`;
  });
  return [...lines, ...compared];
}
