/** Packs what is built into a tarball in `folder`; returns its path. Nothing is rebuilt. */
export function pack(folder: string): string
/** Installs a tarball with its runtime dependencies, and nothing else, in an empty folder. */
export function install(tarball: string, folder: string): void
