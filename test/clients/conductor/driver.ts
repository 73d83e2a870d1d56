import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

/** A refusal as the user of a client sees it; the status is 0 or null where there was no answer. */
export class Refused extends Error {
  constructor(
    readonly status: number | null,
    message: string,
  ) {
    super(message);
  }
}

interface Answer {
  readonly result?: unknown;
  readonly error?: { readonly status: number | null; readonly message: string } | null;
}

/** A program in the client's own language that plays one command a line and answers it in one line. */
export class Driver {
  private readonly waiting: ((answer: Answer) => void)[] = [];
  private readonly ended: Promise<void>;
  private complaints = '';
  private unfinished = '';

  private constructor(private readonly child: ChildProcessWithoutNullStreams) {
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => this.take(chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (this.complaints += chunk));
    child.on('error', (error) => (this.complaints += error.message));
    // Its end is told by `ended`; a pipe that broke for it says no more.
    child.stdin.on('error', () => undefined);
    this.ended = new Promise((resolve) => child.once('close', () => resolve()));
  }

  static start(command: readonly string[], ...args: readonly string[]): Driver {
    const [program = '', ...first] = command;
    return new Driver(spawn(program, [...first, ...args], { env: environment() }));
  }

  /** Throws {@link Refused} where the client tells of an error. */
  async play<T = null>(command: string, wish: object = {}): Promise<T> {
    const answered = new Promise<Answer>((resolve) => this.waiting.push(resolve));
    this.child.stdin.write(JSON.stringify({ command, ...wish }) + '\n');
    const { result, error } = await Promise.race([answered, this.ended.then(() => this.mourn())]);
    if (error) throw new Refused(error.status, error.message);
    return result as T;
  }

  private mourn(): never {
    throw new Error(`The driver ended: ${this.complaints}`);
  }

  // Not readline: it ends a line at U+2028 too, which JSON leaves in a text as it is.
  private take(chunk: string): void {
    const lines = (this.unfinished + chunk).split('\n');
    this.unfinished = lines.pop() ?? '';
    for (const line of lines) this.waiting.shift()?.(JSON.parse(line) as Answer);
  }

  async stop(): Promise<void> {
    const impatience = setTimeout(() => this.child.kill('SIGKILL'), 5_000);
    this.child.stdin.end();
    await this.ended;
    clearTimeout(impatience);
  }
}

// The clients read settings of these names, and some prefer them to what the program says.
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('CONDUCTOR_')));
}
