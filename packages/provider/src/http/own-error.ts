import { ProviderError } from '../errors.ts'

// Shorter values are no secrets ("none"), and would be found in ordinary words.
const leastSecretLength = 6

/** The same error with the provider's name where it has none, and without any of the secrets in its message. */
export const toOwnError = (
  error: ProviderError,
  provider: string,
  secrets: readonly string[] = [],
): ProviderError => {
  const message = secrets
    .filter((secret) => secret.length >= leastSecretLength)
    .reduce((text, secret) => text.replaceAll(secret, '[key]'), error.message)
  if (error.provider !== undefined && message === error.message) return error
  return new ProviderError(message, { ...error, provider: error.provider ?? provider, cause: error.cause })
}
