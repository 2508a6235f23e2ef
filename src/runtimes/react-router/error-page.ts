// The page in place of one that cannot be rendered, in development: Vite's own overlay with the error, over Vite's own socket. Pure.

/** What Vite's overlay shows of an error, of whatever made it. */
export interface ShownError { message: string, stack?: string | undefined, id?: string | undefined, frame?: string | undefined, plugin?: string | undefined, loc?: unknown }

/** @param base where Vite's client is: "/shop" */
export function errorPage ({ message, stack = '', id, frame, plugin, loc }: ShownError, base: string): string {
  // No `</script>` of the message's ends the page's own.
  const shown = JSON.stringify({ message, stack, id, frame, plugin, loc }).replaceAll('<', '\\u003c')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Error</title>
<script type="module">
const error = ${shown}
try {
  const { ErrorOverlay } = await import(${JSON.stringify(`${base}/@vite/client`)})
  document.body.append(new ErrorOverlay(error))
} catch {
  document.body.append(Object.assign(document.createElement('pre'), { textContent: error.stack || error.message }))
}
</script>
</head>
<body></body>
</html>
`
}
