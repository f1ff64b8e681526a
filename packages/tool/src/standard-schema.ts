/**
 * What a schema library offers under `~standard`, so that tools take zod, valibot, arktype or any other.
 * Written from the specification, versions 1.0 and 1.1 (https://standardschema.dev); types only.
 */
export interface StandardSchemaV1<Input = unknown, Output = Input> {
  readonly '~standard': StandardSchemaProps<Input, Output>
}

/** The part of the specification that this package uses. */
export interface StandardSchemaProps<Input = unknown, Output = Input> {
  readonly version: 1
  /** Name of the schema library. */
  readonly vendor: string
  validate(value: unknown): StandardSchemaResult<Output> | Promise<StandardSchemaResult<Output>>
  /** Carries the types; never there at run time. */
  readonly types?: { readonly input: Input; readonly output: Output } | undefined
  /** Version 1.1: the schema as JSON Schema. Both functions throw for what JSON Schema cannot say. */
  readonly jsonSchema?: StandardJsonSchemaConverter | undefined
}

/** Derives JSON Schema from a schema, before (`input`) and after (`output`) its transformations. */
export interface StandardJsonSchemaConverter {
  input(options: { readonly target: 'draft-2020-12' }): Record<string, unknown>
  output(options: { readonly target: 'draft-2020-12' }): Record<string, unknown>
}

/** A validated value, or why it is none. */
export type StandardSchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardSchemaIssue[] }

/** One thing that is wrong with a value. */
export interface StandardSchemaIssue {
  readonly message: string
  /** Where: keys from the root; empty or absent for the root itself. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** What a schema's validation yields. */
export type InferOutput<Schema extends StandardSchemaV1> = NonNullable<Schema['~standard']['types']>['output']

/** Told by structure: schemas of some libraries are functions. */
export const isStandardSchema = (value: unknown): value is StandardSchemaV1 =>
  ((typeof value === 'object' && value !== null) || typeof value === 'function') && '~standard' in value
