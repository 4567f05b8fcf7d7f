// JavaScript, because Node loads reporters before the TypeScript loader is there.

/**
 * A reporter for `node --test`: a JSON line (`TestEnd` of host-tests.ts) for each test, for `meshwasm test` to count.
 *
 * @param {AsyncIterable<import("node:test/reporters").TestEvent>} events
 */
export default async function* eventReporter(events) {
  for await (const { type, data } of events) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    const error = data.details.error;
    const end = {
      name: data.name,
      passed: type === "test:pass",
      skipped: data.skip !== undefined,
      isSuite: data.details.type === "suite",
      file: data.file,
      message: error?.cause?.message ?? error?.message,
    };
    yield `${JSON.stringify(end)}\n`;
  }
}
