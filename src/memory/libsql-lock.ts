/**
 * Whether libSQL failed because the file is held: by another process, or by a connection that was closed under a call.
 */
export function isLocked(error: unknown): boolean {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' && /^(?:SQLITE_(?:BUSY|LOCKED)|CLIENT_CLOSED$)/u.test(code);
}
