/** What is wrong with a text that should be JSON, and where. */
export interface JsonFault {
  /** In UTF-16 units from 0; the length of the text when it ends too early. */
  position: number;
  words: string;
}

/**
 * Finds the first fault of a JSON text; undefined when there is none. Node says where in some of its messages only: the
 * place is the end of the shortest beginning of the text that no continuation could make JSON.
 */
export function jsonFault(text: string): JsonFault | undefined {
  const message = messageOf(text, text.length);
  if (message === undefined) return undefined;
  let [good, bad] = [0, text.length + 1];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isWrong(text, middle)) bad = middle;
    else good = middle;
  }
  if (bad > text.length) return { position: text.trimEnd().length, words: "it ends too early" };
  return {
    position: bad - 1,
    words: message.replace(/,? (?:\.\.\.)?"[\s\S]*$|(?: in JSON)? at position[\s\S]*$/, ""),
  };
}

/** Whether the first `length` characters are wrong, and not only too few. */
function isWrong(text: string, length: number): boolean {
  const message = messageOf(text, length);
  if (message === undefined || /end of JSON|Unterminated string/.test(message)) return false;
  const position = /at position (\d+)/.exec(message)?.[1];
  return position === undefined || Number(position) < length;
}

function messageOf(text: string, length: number): string | undefined {
  try {
    JSON.parse(text.slice(0, length));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
