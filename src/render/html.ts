const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** A text as HTML shows it, between tags and in a quoted attribute: whatever somebody wrote is no markup. */
export function html(text: string): string {
  return text.replaceAll(/[&<>"']/g, found => entities[found] ?? found)
}
