/**
 * The API key of this tab. It outlives a reload and ends with the tab; it is in no address and no cookie.
 */
const name = 'attune.api-key';

export const sessionKey = {
  read: (): string | null => sessionStorage.getItem(name),
  keep: (key: string): void => sessionStorage.setItem(name, key),
  forget: (): void => sessionStorage.removeItem(name),
};
