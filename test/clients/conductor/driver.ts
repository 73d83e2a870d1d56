import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

/** An error as the user of a client sees it. The status is 0 or null if there was no answer. */
export class RefusedError extends Error {
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

/** A program in the client's language. It runs one command per line, and answers each with one line. */
export class Driver {
  private readonly waiting: ((answer: Answer) => void)[] = [];
  private readonly ended: Promise<void>;
  private errorOutput = '';
  private unfinished = '';

  private constructor(private readonly child: ChildProcessWithoutNullStreams) {
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => this.readLines(chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (this.errorOutput += chunk));
    child.on('error', (error) => (this.errorOutput += error.message));
    // `ended` reports its end; the error of the closed pipe adds nothing.
    child.stdin.on('error', () => undefined);
    this.ended = new Promise((resolve) => child.once('close', () => resolve()));
  }

  static start(command: readonly string[], ...args: readonly string[]): Driver {
    const [program = '', ...first] = command;
    return new Driver(spawn(program, [...first, ...args], { env: environment() }));
  }

  /** Throws {@link RefusedError} where the client tells of an error. */
  async run<T = null>(command: string, input: object = {}): Promise<T> {
    const answered = new Promise<Answer>((resolve) => this.waiting.push(resolve));
    this.child.stdin.write(JSON.stringify({ command, ...input }) + '\n');
    const { result, error } = await Promise.race([answered, this.ended.then(() => this.throwEnded())]);
    if (error) throw new RefusedError(error.status, error.message);
    return result as T;
  }

  private throwEnded(): never {
    throw new Error(`The driver ended: ${this.errorOutput}`);
  }

  // Not readline: it ends a line at U+2028 too, which JSON leaves in a text as it is.
  private readLines(chunk: string): void {
    const lines = (this.unfinished + chunk).split('\n');
    this.unfinished = lines.pop() ?? '';
    for (const line of lines) this.waiting.shift()?.(JSON.parse(line) as Answer);
  }

  async stop(): Promise<void> {
    const killTimer = setTimeout(() => this.child.kill('SIGKILL'), 5_000);
    this.child.stdin.end();
    await this.ended;
    clearTimeout(killTimer);
  }
}

// The clients read variables with these names, and some prefer them to the settings of the program.
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('CONDUCTOR_')));
}
