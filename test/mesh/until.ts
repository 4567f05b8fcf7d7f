import { setTimeout as sleep } from "node:timers/promises";

/**
 * Waits until a condition gives something true and returns that. The deadline is generous, as it says only that the thing
 * will not happen any more; the error says what was awaited and what was there last.
 */
export async function until<T>(
  what: string,
  condition: () => Promise<T | undefined | false> | T | undefined | false,
  seconds = 60,
): Promise<T> {
  let last: unknown;
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(100)) {
    try {
      last = await condition();
      if (last) return last as T;
    } catch (error) {
      last = error;
    }
  }
  const seen = last instanceof Error ? last.message : JSON.stringify(last);
  throw new Error(`not within ${seconds} s: ${what}; last seen: ${seen}`);
}
