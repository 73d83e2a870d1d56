const pythonClient = /^python-/;
const asciiWithoutControls = /^[\x20-\x7f]+$/;

/**
 * Decodes the template in the body of a save. Clients encode it in three ways with the same content type
 * (docs/protocols/conductor.md, The body of a save), so only the text itself and the user agent distinguish them.
 */
export function decodeTemplate(body: string, userAgent = ''): string {
  return quotedJson(body) ?? (pythonClient.test(userAgent) ? unquotedJson(body) : undefined) ?? withoutQuotes(body);
}

/** JavaScript and C# clients send a JSON string. */
function quotedJson(body: string): string | undefined {
  return isEnclosed(body) ? parseString(body) : undefined;
}

/**
 * Python clients send a JSON string in ASCII without the quotation marks at its ends. If the template itself ends with
 * a quotation mark, that one is lost too, and its backslash is left over.
 */
function unquotedJson(body: string): string | undefined {
  if (!asciiWithoutControls.test(body)) return undefined;
  let rest = body.length;
  while (body[rest - 1] === '\\') rest -= 1;
  const isQuoteLost = (body.length - rest) % 2 === 1;
  return parseString(`"${body}${isQuoteLost ? '"' : ''}"`);
}

/** Raw clients send the text itself. One enclosing pair of quotation marks is removed. */
function withoutQuotes(body: string): string {
  return isEnclosed(body) ? body.slice(1, -1) : body;
}

function isEnclosed(body: string): boolean {
  return body.length >= 2 && body.startsWith('"') && body.endsWith('"');
}

function parseString(json: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
