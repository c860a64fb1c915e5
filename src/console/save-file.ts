/**
 * Hands a file to the browser's downloads.
 */
export function saveFile(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

export function jsonFile(text: string): Blob {
  return new Blob([text], { type: 'application/json' });
}
