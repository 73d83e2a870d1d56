/** Port: tokens of Open WebUI's clients that this server has not made, but another one that is trusted. */
export abstract class ForeignTokens {
  /** The email address of the user to whom a token belongs; undefined if it is no good. */
  abstract emailOf(token: string): Promise<string | undefined>;
}

/** No other server is trusted. */
export class NoForeignTokens extends ForeignTokens {
  emailOf(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}
