/**
 * Language tags (BCP 47) as clients and configurations write them.
 */

/** `en` of `en-GB`, in lower case; whatever stands before the first dash of what is no tag. */
export function primaryLanguage(tag: string): string {
  return tag.toLowerCase().split('-')[0] ?? '';
}
