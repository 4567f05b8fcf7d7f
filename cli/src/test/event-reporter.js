// JavaScript, because Node loads reporters before the TypeScript loader is there.

/**
 * A reporter for `node --test`: a JSON line (`TestEvent` of host-tests.ts) for each test, for `meshwasm test` to count.
 *
 * @param {AsyncIterable<import("node:test/reporters").TestEvent>} events
 */
export default async function* eventReporter(events) {
  /** Names of the tests around the current one. */
  let around = [];
  /** By file, what it wrote to stderr: why one does not load is said only there. */
  const printed = new Map();
  for await (const { type, data } of events) {
    if (type === "test:start") around = [...around.slice(0, data.nesting), data.name];
    if (type === "test:stderr") printed.set(data.file, (printed.get(data.file) ?? "") + data.message);
    if ((type !== "test:pass" && type !== "test:fail") || isContainer(type, data)) continue;
    const error = data.details.error;
    const text = data.name === data.file ? printed.get(data.file) : undefined;
    const event = {
      path: [...around.slice(0, data.nesting), data.name],
      file: data.file,
      passed: type === "test:pass",
      skipped: data.skip !== undefined || data.todo !== undefined,
      millis: data.details.duration_ms,
      message: text ?? error?.cause?.message ?? error?.message,
      stack: text ?? error?.cause?.stack,
    };
    yield `${JSON.stringify(event)}\n`;
  }
}

/** Suites and files are counted by their tests; they fail by themselves when a hook fails or a file does not load. */
function isContainer(type, { name, file, details }) {
  if (type === "test:fail") return details.error.failureType === "subtestsFailed";
  return details.type === "suite" || name === file;
}
