const variableNamePattern = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/;

/** Names that would reach the prototype of an object that has variables as its keys. */
const forbiddenNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Filled by Open WebUI's front end and never asked for (docs/protocols/open-webui.md, Variables). */
const systemVariables: ReadonlySet<string> = new Set([
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
  return variableNamePattern.test(name) && isUsableName(name);
}

/** Whether a name that is written like one may be a variable's. */
export function isUsableName(name: string): boolean {
  return !forbiddenNames.has(name);
}

export function isSystemVariable(name: string): boolean {
  return systemVariables.has(name);
}
