/**
 * Whether a test did not pass, for a hook that runs after it. Node has known it since 20.16; its types of that line do
 * not. https://nodejs.org/docs/latest-v20.x/api/test.html#contextpassed
 */
export function testFailed(context: object): boolean {
  return "passed" in context && context.passed === false;
}
