/** The style of the page of routes. Changing it changes the hash in the page's policy, which is computed from it. */
export const style: string = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 0; display: grid; grid-template-columns: 22rem minmax(0, 1fr); }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; box-sizing: border-box; padding: 1rem; font-size: 13px; }
nav ul { list-style: none; padding: 0; margin: 0; }
nav h1 { font-size: 1.1rem; }
nav h2 { font-size: 1rem; margin: 1rem 0 0.25rem; }
main { padding: 1rem 2rem; max-width: 60rem; }
section { border-top: 1px solid #8884; padding-top: 0.5rem; margin-top: 1.5rem; }
section:target { outline: 2px solid #48f; outline-offset: 0.5rem; }
a { color: inherit; }
nav a { text-decoration: none; }
b { text-transform: uppercase; font-size: 0.8em; }
pre { overflow: auto; padding: 0.75rem; background: #8882; border-radius: 6px; }
code, pre { font-family: ui-monospace, monospace; font-size: 13px; }
td { padding: 0.15rem 1rem 0.15rem 0; vertical-align: top; }
@media (max-width: 50rem) { body { display: block; } nav { position: static; height: auto; } }
`
