const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/;

/** Names that would reach into an object's prototype wherever variables are kept as its keys. */
const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Filled by Open WebUI's front end and never asked for (docs/protocols/open-webui.md, Variables). */
const SYSTEM_VARIABLES: ReadonlySet<string> = new Set([
  'CLIPBOARD',
  'CURRENT_DATE',
  'CURRENT_DATETIME',
  'CURRENT_TIME',
  'CURRENT_TIMEZONE',
  'CURRENT_WEEKDAY',
  'USER_AGE',
  'USER_BIO',
  'USER_BIRTH_DATE',
  'USER_EMAIL',
  'USER_GENDER',
  'USER_LANGUAGE',
  'USER_LOCATION',
  'USER_NAME',
]);

export function isVariableName(name: string): boolean {
  return VARIABLE_NAME.test(name) && !FORBIDDEN.has(name);
}

export function isSystemVariable(name: string): boolean {
  return SYSTEM_VARIABLES.has(name);
}
