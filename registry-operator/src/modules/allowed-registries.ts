/**
 * Whether a policy lets an image come from `HOST/REPOSITORY`. A pattern allows the place that it names and all below
 * it, by whole segments: `registry.example.com/filters` allows `…/filters/hello`, not `…/filters-2`. A `*` stands
 * for one whole path segment, or one label of the host; the port is part of the host.
 *
 * @param patterns absent: every registry; empty: none
 */
export function isAllowedRegistry(place: string, patterns: readonly string[] | undefined): boolean {
  return patterns === undefined || patterns.some((pattern) => matches(place, pattern));
}

function matches(place: string, pattern: string): boolean {
  const segments = place.split("/");
  const wanted = pattern.replace(/\/(?:\*\*)?$/, "").split("/");
  if (wanted.length > segments.length) return false;
  return wanted.every((each, index) =>
    index === 0 ? matchesHost(segments[0] ?? "", each) : each === "*" || each === segments[index],
  );
}

// Host names have no case; repositories do.
function matchesHost(host: string, pattern: string): boolean {
  const labels = host.toLowerCase().split(".");
  const wanted = pattern.toLowerCase().split(".");
  return (
    labels.length === wanted.length && wanted.every((each, index) => each === "*" || each === labels[index])
  );
}
