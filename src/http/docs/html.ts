/** The frame of every page, and the little HTML that is written by hand. */

export const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** Prose with `code` in it. */
export const prose = (text: string) => escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>')

export const link = (href: string, text: string) => `<a href="${escaped(href)}">${prose(text)}</a>`
export const json = (value: unknown) => `<pre><code>${escaped(JSON.stringify(value, null, 2))}</code></pre>`
/** A table that scrolls by itself where it is wider than the page. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  `<div class="table"><table><thead><tr>${head.map((cell) => `<th>${cell}</th>`).join('')}</tr></thead><tbody>${rows
    .map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`)
    .join('\n')}</tbody></table></div>`

export interface Menu {
  readonly title: string
  readonly entries: readonly { readonly href: string; readonly text: string }[]
}

const menuOf = (menus: readonly Menu[], here: string) =>
  menus
    .map(({ title, entries }) => {
      const items = entries.map(
        ({ href, text }) => `<a href="${href}"${href === here ? ' aria-current="page"' : ''}>${escaped(text)}</a>`,
      )
      return `<section><h2>${escaped(title)}</h2>${items.join('\n')}</section>`
    })
    .join('\n')

const head = (title: string, style: string) =>
  `<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/docs/${style}.css"><link rel="icon" href="data:,"><title>${escaped(title)} · Tutti</title>`

/** A page with the menu beside it. `here` is its own address. */
export const page = (title: string, here: string, menus: readonly Menu[], body: string) =>
  `<!doctype html>
<html lang="en">
<head>${head(title, 'style')}</head>
<body>
<header><a class="name" href="/docs">Tutti</a><a href="/docs/reference">Reference</a><a href="/docs/errors">Errors</a></header>
<div class="columns">
<nav aria-label="Documentation">${menuOf(menus, here)}</nav>
<main>
${body}
</main>
</div>
</body>
</html>
`

/** The page that the renderer of the reference fills. */
export const referencePage = () =>
  `<!doctype html>
<html lang="en">
<head>${head('API reference', 'frame')}</head>
<body>
<header><a class="name" href="/docs">Tutti</a><a href="/docs/reference" aria-current="page">Reference</a><a href="/docs/errors">Errors</a></header>
<div id="reference"></div>
<noscript><p>The reference is drawn by a script. <a href="/openapi.json">The document itself</a> needs none.</p></noscript>
<script src="/docs/reference.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`
