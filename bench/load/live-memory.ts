import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** The live memory of a Node.js process in MiB: heap and external memory after a garbage collection. */
export async function liveMiB(pid: number, inspectorPort: number): Promise<number> {
  // Makes Node listen for debuggers.
  process.kill(pid, 'SIGUSR1');
  const socket = new WebSocket(await debuggerUrl(inspectorPort));
  await once(socket, 'open');
  try {
    await ask(socket, 1, 'HeapProfiler.collectGarbage');
    const expression = '((m) => m.heapUsed + m.external)(process.memoryUsage())';
    const { result } = await ask(socket, 2, 'Runtime.evaluate', { expression });
    return (result?.value ?? NaN) / 2 ** 20;
  } finally {
    socket.close();
  }
}

interface Answer {
  readonly id: number;
  readonly result: { readonly result?: { readonly value: number } };
}

const maxAttempts = 50;
const retryIntervalMs = 100;

async function debuggerUrl(port: number): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/json/list`);
      const [target] = (await response.json()) as { webSocketDebuggerUrl: string }[];
      return target?.webSocketDebuggerUrl ?? '';
    } catch (error) {
      if (attempt === maxAttempts) throw error;
      await sleep(retryIntervalMs);
    }
  }
}

async function ask(socket: WebSocket, id: number, method: string, params = {}): Promise<Answer['result']> {
  const answer = new Promise<Answer['result']>((resolve) => {
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(String(data)) as Answer;
      if (message.id === id) resolve(message.result);
    });
  });
  socket.send(JSON.stringify({ id, method, params }));
  return answer;
}
