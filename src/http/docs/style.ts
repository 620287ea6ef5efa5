/** The stylesheets of the pages, and what starts the reference. */

/** What the header of every page needs. */
export const FRAME = `:root { color-scheme: light dark; --ink: #1b1b1f; --soft: #5d5d66; --line: #e2e2e8; --paper: #fff; --raised: #f6f6f9; --accent: #4338ca; }
@media (prefers-color-scheme: dark) { :root { --ink: #ececf1; --soft: #a2a2ad; --line: #34343c; --paper: #131316; --raised: #1d1d22; --accent: #a5b4fc; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.6 system-ui, sans-serif; }
body > header { display: flex; gap: 1.5rem; align-items: baseline; padding: .8rem 1.5rem; border-bottom: 1px solid var(--line); position: sticky; top: 0; background: var(--paper); z-index: 1; }
body > header a { color: var(--soft); text-decoration: none; font-size: .95rem; }
body > header a:hover, body > header a[aria-current] { color: var(--ink); }
noscript p { padding: 1rem 1.5rem; }
#reference:empty::before { content: 'The reference is being drawn…'; display: block; padding: 1rem 1.5rem; color: var(--soft); }
@media (scripting: none) { #reference { display: none; } }
body > header .name { color: var(--ink); font-weight: 700; font-size: 1.1rem; }
`

/** Of all pages but the reference, whose renderer brings its own. */
export const STYLE = `${FRAME}* { box-sizing: border-box; }
main a { color: var(--accent); text-underline-offset: 2px; }
main a:has(code) { text-decoration: none; }
main a:has(code):hover code { text-decoration: underline; text-underline-offset: 4px; }
.columns { display: grid; grid-template-columns: 16rem minmax(0, 1fr); max-width: 78rem; margin: 0 auto; }
nav { padding: 1.5rem 1rem 3rem 1.5rem; position: sticky; top: 3.3rem; align-self: start; max-height: calc(100vh - 3.3rem); overflow-y: auto; }
nav h2 { font-size: .75rem; text-transform: uppercase; letter-spacing: .06em; color: var(--soft); margin: 0 0 .4rem; }
nav section { margin-bottom: 1.5rem; }
nav section a { display: block; padding: .2rem .6rem; margin-left: -.6rem; border-radius: .4rem; color: var(--ink); text-decoration: none; font-size: .9rem; overflow-wrap: anywhere; }
nav section a:hover { background: var(--raised); }
nav section a[aria-current] { background: var(--raised); color: var(--accent); font-weight: 600; }
main { padding: 1.5rem 2rem 5rem; min-width: 0; }
h1 { font-size: 2rem; line-height: 1.2; margin: .5rem 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1.35rem; margin: 2.2rem 0 .6rem; }
h3 { font-size: 1.05rem; margin: 1.8rem 0 .5rem; }
main [id] { scroll-margin-top: 4.5rem; }
h1 code { background: none; padding: 0; }
p, li { max-width: 46rem; }
code { font: .88em/1.5 ui-monospace, monospace; background: var(--raised); border-radius: .25rem; padding: .1em .3em; overflow-wrap: anywhere; }
pre { background: var(--raised); border: 1px solid var(--line); border-radius: .5rem; padding: .8rem 1rem; overflow-x: auto; }
pre code { background: none; padding: 0; overflow-wrap: normal; }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; margin: .5rem 0 1rem; }
th { text-align: left; color: var(--soft); font-weight: 600; }
td code { white-space: nowrap; }
th, td { padding: .4rem .8rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)); gap: 1rem; margin: 1rem 0; }
.cards a { display: block; border: 1px solid var(--line); border-radius: .6rem; padding: .9rem 1.1rem; text-decoration: none; color: var(--ink); }
.cards a:hover { border-color: var(--accent); }
.cards b { display: block; color: var(--accent); }
.cards span { color: var(--soft); font-size: .92rem; }
.facts { display: grid; grid-template-columns: 12rem minmax(0, 1fr); gap: .4rem 1rem; margin: 1.2rem 0; padding: 1rem 1.2rem; border: 1px solid var(--line); border-radius: .6rem; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; }
.lead { font-size: 1.1rem; color: var(--soft); }
@media (max-width: 50rem) {
  .columns { display: block; }
  nav { position: static; max-height: none; padding: 1rem 1.25rem 0; border-bottom: 1px solid var(--line); }
  nav section { margin-bottom: .8rem; }
  nav section a { display: inline-block; margin: 0 .3rem 0 -.3rem; padding: .1rem .3rem; }
  main { padding: 1rem 1.25rem 4rem; }
  .facts { grid-template-columns: 1fr; }
}
`

/** No fonts, no telemetry, no services of the renderer's makers: nothing but this gateway is asked. */
export const START = `Scalar.createApiReference('#reference', {
  url: '/docs/openapi.json',
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: 'never',
  persistAuth: false,
  hiddenClients: true,
  customCss: 'a[href^="https://www.scalar.com"] { display: none } section:focus, section:focus-visible { outline: none } :root { --scalar-custom-header-height: 3.2rem }',
})
`
