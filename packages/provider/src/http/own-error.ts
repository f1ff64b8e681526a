import { ProviderError } from '../errors.ts'

// Shorter values are no secrets ("none"), and would be found in ordinary words.
const leastSecretLength = 6

/** A text without any of the secrets. */
export const hideSecrets = (text: string, secrets: readonly string[]): string =>
  secrets
    .filter((secret) => secret.length >= leastSecretLength)
    .reduce((shown, secret) => shown.replaceAll(secret, '[key]'), text)

/** The same error with the provider's name where it has none, and without any of the secrets in its message. */
export const toOwnError = (
  error: ProviderError,
  provider: string,
  secrets: readonly string[] = [],
): ProviderError => {
  const message = hideSecrets(error.message, secrets)
  if (error.provider !== undefined && message === error.message) return error
  return new ProviderError(message, { ...error, provider: error.provider ?? provider, cause: error.cause })
}
