import { isUtf8 } from 'node:buffer';
import { BadRequest, ValidationFailed } from '../../errors/catalogue.js';
import type { DomainError } from '../../errors/define-error.js';
import type { Protocol } from '../../protocol.js';
import { maxJsonDepth, findTooDeep } from './json-depth.js';
import { changesPrototypes, dropPrototypeKeys, canHavePrototypeKeys } from './prototype-keys.js';

/**
 * Parses the JSON body of a request. On Open WebUI malformed JSON is a validation error, and keys like `__proto__` are
 * dropped as unknown keys. The other protocols refuse both.
 * @throws ValidationFailed, BadRequest
 */
export function readJson(body: Buffer, protocol: Protocol): unknown {
  // Refused, because lenient decoding would replace the malformed bytes.
  if (!isUtf8(body)) throw ValidationFailed({ body: 'must be valid UTF-8' });
  const deepAt = findTooDeep(body);
  if (deepAt !== undefined) throw unreadable(protocol, deepAt, `must nest at most ${maxJsonDepth} levels deep`);
  const text = withoutByteOrderMark(body.toString());
  const value = parse(text, protocol);
  if (!canHavePrototypeKeys(text)) return value;
  if (protocol !== 'open-webui' && changesPrototypes(value)) throw BadRequest();
  dropPrototypeKeys(value);
  return value;
}

function withoutByteOrderMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

function parse(text: string, protocol: Protocol): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unreadable(protocol, errorPosition(String(error), text));
  }
}

/** @param at where reading came to its end */
function unreadable(protocol: Protocol, at: number, reason?: string): DomainError {
  if (protocol !== 'open-webui') return BadRequest(reason === undefined ? undefined : { body: reason });
  const message = 'JSON decode error';
  const issue = { code: 'json_invalid', path: [at], message };
  return ValidationFailed({ body: message }, { invalid: { place: 'body', value: {}, issues: [issue] } });
}

function errorPosition(error: string, text: string): number {
  const [, position] = /position (\d+)/.exec(error) ?? [];
  // Without a position the text ended too soon, or began with something else.
  return Number(position ?? (/end of JSON/.test(error) ? text.length : 0));
}
