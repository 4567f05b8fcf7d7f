declare module "@as-pect/transform" {
  /** An asc transform that gives classes what as-pect's matchers need; a class, as asc wants it. */
  const AspectTransform: unknown;
  export default AspectTransform;
}
