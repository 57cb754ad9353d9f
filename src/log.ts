/** Facts beside a log line. Values are plain data; secrets are never among them. */
export type LogFields = Readonly<Record<string, unknown>>

/**
 * Where the package writes what it does. The shape is that of the usual structured loggers:
 * `pino` fits as it is. The default is {@link silentLogger}: a library does not write unasked.
 */
export interface Logger {
  debug(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
}

const nothing = (): void => {}

/** Writes nothing. */
export const silentLogger: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
}
