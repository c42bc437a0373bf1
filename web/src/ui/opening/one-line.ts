/** A text in a field of one line: breaks stay breaks (U+2028) for who looks for a link in it. */
export function oneLine(text: string): string {
  return text.replace(/\r\n?|\n/g, '\u2028');
}
