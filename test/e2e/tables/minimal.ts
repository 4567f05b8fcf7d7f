import type { HttpCase } from "./http-case.js";

/** What test/e2e/filters/minimal must do: a filter without a root context of its own. */
export const minimalCases: HttpCase[] = [
  {
    name: "needs no root context of its own",
    request: { path: "/" },
    expect: { status: 200, response: { "x-hello": ["world"] } },
  },
];
