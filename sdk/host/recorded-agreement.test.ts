import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inHost } from "./testing/agreement.js";
import { AGREEMENT_CASES } from "./testing/agreement-cases.js";
import { asRecorded, readRecorded } from "./testing/recorded.js";
import { TCP_CASES, tcpInHost } from "./testing/tcp-agreement.js";

describe("the host does what Envoy 1.40.0 was seen to do", () => {
  const recorded = readRecorded();

  AGREEMENT_CASES.forEach((test, index) => {
    it(test.name, () => assert.deepEqual(asRecorded(inHost(test, index)), recorded[`http: ${test.name}`]));
  });
  for (const test of TCP_CASES)
    it(test.name, () => assert.deepEqual(asRecorded(tcpInHost(test)), recorded[`tcp: ${test.name}`]));
});
