const pythonClient = /^python-/;
const asciiWithoutControls = /^[\x20-\x7f]+$/;

/**
 * The template that a client means by the body of a save. Clients encode it in three ways and label all of them alike
 * (docs/protocols/conductor.md, The body of a save), so that only the text itself and the user agent tell them apart.
 */
export function decodeTemplate(body: string, userAgent = ''): string {
  return quotedJson(body) ?? (pythonClient.test(userAgent) ? unquotedJson(body) : undefined) ?? withoutQuotes(body);
}

/** What JavaScript and C# send: a JSON string. */
function quotedJson(body: string): string | undefined {
  return isEnclosed(body) ? parseString(body) : undefined;
}

/**
 * What Python sends: a JSON string in ASCII that has lost all quotation marks at its ends, and so one of the template's
 * own if that ends in any: the backslash before it is then left over.
 */
function unquotedJson(body: string): string | undefined {
  if (!asciiWithoutControls.test(body)) return undefined;
  let rest = body.length;
  while (body[rest - 1] === '\\') rest -= 1;
  const isMarkLost = (body.length - rest) % 2 === 1;
  return parseString(`"${body}${isMarkLost ? '"' : ''}"`);
}

/** What raw clients send. One pair of quotation marks around it is no part of it. */
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
