interface Slot {
  readonly startedAt: number;
  /** What waits for the running load to end. */
  next: { readonly promise: Promise<unknown>; readonly start: () => void } | undefined;
}

/** A load that takes longer is not waited for, so that a statement that hangs delays no other. */
const maxWaitMs = 100;

/**
 * Lets callers who ask for the same at the same time share a load. A call while one is running waits for the next one,
 * so that no caller gets a value that was loaded before its call.
 */
export class CollapsedLoads {
  private readonly slots = new Map<string, Slot>();

  /** The result of a load that starts after this call. Every `load` of a key has to load the same. */
  run<Value>(key: string, load: () => Promise<Value>): Promise<Value> {
    const slot = this.slots.get(key);
    if (!slot || performance.now() - slot.startedAt > maxWaitMs) return this.start(key, load);
    slot.next ??= this.deferred(key, load);
    return slot.next.promise as Promise<Value>;
  }

  private start<Value>(key: string, load: () => Promise<Value>): Promise<Value> {
    const slot: Slot = { startedAt: performance.now(), next: undefined };
    this.slots.set(key, slot);
    return load().finally(() => {
      if (this.slots.get(key) === slot) this.slots.delete(key);
      slot.next?.start();
    });
  }

  private deferred<Value>(key: string, load: () => Promise<Value>): NonNullable<Slot['next']> {
    const { promise, resolve } = Promise.withResolvers<Value>();
    return { promise, start: () => resolve(this.start(key, load)) };
  }
}
