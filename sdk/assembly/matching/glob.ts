import { Regex } from "./regex";

/**
 * Compiles a pattern for whole paths or names, in the manner of a shell, to a regular expression that is found in a text
 * when all of it fits. Linear, as every `Regex` is.
 *
 * `*` is any characters but the separator, `**` any at all, `?` one but the separator; `[abc]`, `[a-z]` and `[!a-z]` one
 * of a set; `{a,b}` one of several, which may have wildcards, not braces; `\` takes the meaning from what follows.
 *
 * @param separator what `*` and `?` do not match: one character of ASCII; empty: they match everything
 * @returns one that is not valid, with `error` and `errorAt`, for an open `[`, `{` or a `\` at the end
 */
export function compileGlob(pattern: string, separator: string = "/"): Regex {
  const other = separator.length > 0 ? "[^" + escaped(separator.charCodeAt(0)) + "]" : "[^]";
  let out = "^(?:";
  let inBraces = false;
  for (let at = 0; at < pattern.length; at++) {
    const unit = pattern.charCodeAt(at);
    if (unit == 0x2a) {
      const all = at + 1 < pattern.length && pattern.charCodeAt(at + 1) == 0x2a;
      while (at + 1 < pattern.length && pattern.charCodeAt(at + 1) == 0x2a) at++;
      out += all ? "[^]*" : other + "*";
    } else if (unit == 0x3f) out += other;
    else if (unit == 0x5b) {
      const end = setEnd(pattern, at);
      if (end < 0) return Regex.invalid("'[' without ']'", at);
      out += setOf(pattern, at, end);
      at = end;
    } else if (unit == 0x7b && !inBraces) {
      if (pattern.indexOf("}", at) < 0) return Regex.invalid("'{' without '}'", at);
      out += "(?:";
      inBraces = true;
    } else if (unit == 0x7d && inBraces) {
      out += ")";
      inBraces = false;
    } else if (unit == 0x2c && inBraces) out += "|";
    else if (unit == 0x5c) {
      if (++at == pattern.length) return Regex.invalid("the pattern ends in an escape", at - 1);
      out += escaped(pattern.charCodeAt(at));
    } else out += escaped(unit);
  }
  if (inBraces) return Regex.invalid("'{' without '}'", pattern.lastIndexOf("{"));
  const regex = Regex.compile(out + ")$");
  // Only a set can be wrong still; where it is in the expression says nothing to the author.
  return regex.isValid ? regex : Regex.invalid(regex.error, max(pattern.indexOf("["), 0));
}

/** Where a set ends; a `]` that stands first is one of it. Below 0: nowhere. */
function setEnd(pattern: string, at: i32): i32 {
  let first = at + 1;
  if (first < pattern.length && pattern.charCodeAt(first) == 0x21) first++;
  return pattern.indexOf("]", first + 1);
}

function setOf(pattern: string, at: i32, end: i32): string {
  let from = at + 1;
  let out = "[";
  if (pattern.charCodeAt(from) == 0x21) {
    out += "^";
    from++;
  }
  for (let i = from; i < end; i++) {
    const unit = pattern.charCodeAt(i);
    const isRange = unit == 0x2d && i > from && i + 1 < end;
    out += isRange ? "-" : unit == 0x2d ? "\\-" : escaped(unit);
  }
  return out + "]";
}

/** A code unit as itself in a regular expression. */
function escaped(unit: i32): string {
  const isSyntax = "^$\\.*+?()[]{}|/".indexOf(String.fromCharCode(unit)) >= 0;
  return (isSyntax ? "\\" : "") + String.fromCharCode(unit);
}
