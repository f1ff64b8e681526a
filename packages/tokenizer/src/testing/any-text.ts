import fc from 'fast-check'

/** Any UTF-16 text, halves of surrogate pairs included: strings are what callers have, well formed or not. */
export const anyText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.nat({ max: 0xff }), fc.nat({ max: 0xffff })), { maxLength: 50 })
  .map((units) => String.fromCharCode(...units))
