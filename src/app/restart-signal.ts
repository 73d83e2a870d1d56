let handler: (() => void) | undefined;
let isPending = false;

/**
 * Listens for SIGUSR2 from the moment that this module is loaded: without a listener it would end the process. Windows
 * does not know the signal, so that it never comes there.
 */
process.on('SIGUSR2', () => {
  if (handler) handler();
  else isPending = true;
});

/** Sets the handler of the signal. An earlier signal is handled now. */
export function onRestartSignal(handle: () => void): void {
  handler = handle;
  if (isPending) handle();
  isPending = false;
}
