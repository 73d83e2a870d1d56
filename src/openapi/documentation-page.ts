/** The page with Swagger UI. Its addresses are relative, because a proxy may serve it under a path of its own. */
export function documentationPage(root: string, assets: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Promptyard API</title>
    <link rel="stylesheet" href="${root}${assets}/swagger-ui.css" />
    <link rel="icon" type="image/png" href="${root}${assets}/favicon-32x32.png" sizes="32x32" />
  </head>
  <body>
    <div id="swagger-ui" data-document="${root}openapi.json"></div>
    <script src="${root}${assets}/swagger-ui-bundle.js"></script>
    <script src="${root}${assets}/start.js"></script>
  </body>
</html>
`;
}

/** Starts Swagger UI. A file of its own, because the content security policy forbids scripts within the page. */
export const startScript = `const { document: address } = document.getElementById('swagger-ui').dataset;
SwaggerUIBundle({
  url: new URL(address, window.location.href).href,
  dom_id: '#swagger-ui',
  deepLinking: true,
  persistAuthorization: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
});
`;
