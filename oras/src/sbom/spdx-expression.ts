const id = "(?:DocumentRef-[A-Za-z0-9.-]+:)?[A-Za-z0-9.-]+\\+?";
const term = `${id}(?: +WITH +${id})?`;
const flat = `${term}(?: +(?:AND|OR) +${term})*`;
const whole = new RegExp(`^ *${flat} *$`);
const group = new RegExp(`\\( *${flat} *\\)`, "g");
// The longest that anybody uses are far below it.
const maxLength = 1000;

/**
 * Whether a text has the grammar of an SPDX licence expression; whether its identifiers are on SPDX's list is not
 * looked up. npm's `UNLICENSED` is none, although it looks like one.
 * See https://spdx.github.io/spdx-spec/v3.0.1/annexes/spdx-license-expressions/.
 */
export function isSpdxExpression(text: string): boolean {
  if (text.length > maxLength || /^UNLICENSED$/i.test(text)) return false;
  let rest = text;
  for (let before = ""; before !== rest; ) {
    before = rest;
    rest = rest.replace(group, " X ");
  }
  return whole.test(rest);
}
