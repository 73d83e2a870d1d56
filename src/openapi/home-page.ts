/** The page at `/`: what this is, and where to go from here. */
export const homePage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Promptyard</title>
    <link rel="icon" href="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><text y='13' font-size='14'>🌱</text></svg>" />
    <style>
      :root { color-scheme: light dark; font: 17px/1.6 system-ui, sans-serif; }
      body { max-width: 38rem; margin: 12vh auto; padding: 0 1.5rem; }
      h1 { font-size: 2rem; margin: 0; }
      ul { list-style: none; padding: 0; }
      li { border-top: 1px solid #8884; padding: 0.7rem 0; }
      a { color: LinkText; font-weight: 600; text-underline-offset: 0.15em; }
      code { background: #8882; border-radius: 4px; padding: 0.1em 0.35em; }
    </style>
  </head>
  <body>
    <h1>Promptyard</h1>
    <p>A self-hosted registry for prompts: one prompt, one owner, one history. Packages are immutable, versioned and
      counted when they are downloaded.</p>
    <ul>
      <li><a href="/docs">API documentation</a> to read and to try out</li>
      <li><a href="/openapi.json">openapi.json</a> and <a href="/openapi.yaml">openapi.yaml</a> for generated clients</li>
      <li><a href="/v1/prompts">Public prompts</a> at <code>GET /v1/prompts</code></li>
      <li><a href="/health/ready">Status</a> and <a href="/metrics">metrics</a></li>
    </ul>
  </body>
</html>
`;
