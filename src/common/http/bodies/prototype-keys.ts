const suspectPattern = /__proto__|prototype|constructor|\\u/;

/** Whether JSON can hold one of the keys below; a look at its text is cheaper than one at each of its objects. */
export function canHavePrototypeKeys(json: string): boolean {
  return suspectPattern.test(json);
}

/** Whether a value has a key that would change the prototype of an object that is copied naively. */
export function changesPrototypes(value: unknown): boolean {
  for (const object of objectsIn(value)) {
    if (Object.hasOwn(object, '__proto__')) return true;
    const given: unknown = Object.hasOwn(object, 'constructor') ? object['constructor'] : undefined;
    if (typeof given === 'object' && given !== null && Object.hasOwn(given, 'prototype')) return true;
  }
  return false;
}

/** Takes out of a value, at every depth, the keys by which an object's prototype is reached. */
export function dropPrototypeKeys(value: unknown): void {
  for (const object of objectsIn(value)) {
    delete object['__proto__'];
    delete object['prototype'];
    delete object['constructor'];
  }
}

/** Every object and array of a value that came from JSON, each before what is in it. */
function* objectsIn(value: unknown): Generator<Record<string, unknown>> {
  const stack = [value];
  while (stack.length > 0) {
    const next = stack.pop();
    if (typeof next !== 'object' || next === null) continue;
    yield next as Record<string, unknown>;
    for (const child of Object.values(next)) if (typeof child === 'object') stack.push(child);
  }
}
