import { readFileSync } from "node:fs";
import { AGREEMENT_CASES } from "../../../sdk/host/testing/agreement-cases.js";
import { CHAIN_CASES } from "../../../sdk/host/testing/chain-cases.js";
import { readRecorded as readHostRecorded } from "../../../sdk/host/testing/recorded.js";
import { TCP_CASES } from "../../../sdk/host/testing/tcp-agreement.js";
import { attributesCases } from "../../e2e/tables/attributes.js";
import { extrasCases } from "../../e2e/tables/extras.js";
import { foreignCases } from "../../e2e/tables/foreign.js";
import { readRecorded } from "../recorded.js";
import { SCRIPTS } from "../scripts/all.js";

/** Cases that run in the real Envoy and in the host. */
export interface CaseTable {
  /** What a claim calls it. */
  readonly name: string;
  /** The test that runs it. */
  readonly test: string;
  readonly has: (name: string) => boolean;
  /** What the probe logged in Envoy, line by line; undefined: nothing is kept of this table. */
  readonly lines: (name: string) => readonly string[] | undefined;
}

const judged = readRecorded();
const recorded = readHostRecorded() as Logs;
const chains = readHostRecorded("-chains") as Logs;
type Logs = Readonly<Record<string, { readonly log: readonly string[] }>>;
type Named = readonly { readonly name: string }[];

const named = (list: Named) => {
  const names = new Set(list.map(({ name }) => name));
  return (name: string) => names.has(name);
};
const e2e = (name: string, list: Named): CaseTable => ({
  name: `e2e ${name}`,
  test: "test/e2e/engines.test.ts",
  has: named(list),
  lines: () => undefined,
});
const AGREEMENT = "sdk/host/envoy-agreement.test.ts";

/** The tables that claims name cases of. */
export const CASE_TABLES: readonly CaseTable[] = [
  {
    name: "judge",
    test: "test/judge/judge.test.ts",
    has: named(SCRIPTS),
    lines: (name) => judged[name]?.lines,
  },
  {
    name: "http",
    test: AGREEMENT,
    has: named(AGREEMENT_CASES),
    lines: (name) => recorded[`http: ${name}`]?.log,
  },
  { name: "tcp", test: AGREEMENT, has: named(TCP_CASES), lines: (name) => recorded[`tcp: ${name}`]?.log },
  {
    name: "chain",
    test: "sdk/host/chain-agreement.test.ts",
    has: named(CHAIN_CASES),
    lines: (name) => chains[name]?.log,
  },
  {
    name: "envoy-agreement",
    test: AGREEMENT,
    has: (name) => source(AGREEMENT).includes(`it("${name}"`),
    lines: () => undefined,
  },
  e2e("attributes", attributesCases),
  e2e("extras", extrasCases),
  e2e("foreign", foreignCases),
];

const source = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");

/** A case by what a claim calls it, `table: name`; undefined: there is no such table. */
export function splitCase(called: string): { table: CaseTable; name: string } | undefined {
  const colon = called.indexOf(": ");
  const table = CASE_TABLES.find(({ name }) => name === called.slice(0, colon));
  return table && { table, name: called.slice(colon + 2) };
}
