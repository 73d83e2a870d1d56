/** Port: verifies tokens that another, trusted Open WebUI server has issued. */
export abstract class ForeignTokens {
  /** The email address of the token's user; undefined if the token is not valid. */
  abstract emailOf(token: string): Promise<string | undefined>;
}

/** No other server is trusted. */
export class NoForeignTokens extends ForeignTokens {
  emailOf(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}
