import { setTimeout as delay } from 'node:timers/promises';
import { Backoff } from './backoff.js';
import { clusterEntry, findCluster } from './cluster/cluster-folder.js';
import { DataFolderInUse, EmbeddedPostgresError } from './embedded-postgres.errors.js';
import { messageOf } from './node-errors.js';
import type { AdminSession } from './server/admin-session.js';
import type { ServerHome } from './server-home.js';
import { stopPostmaster, type StopOptions } from './server/stop-postmaster.js';
import { takeOwnership } from './take-ownership.js';

/** How long a stop waits for a running recovery, so that PostgreSQL is stopped as well. */
const recoveryTimeoutMs = 10_000;
/** The time that is reserved for a forced stop. */
const forcedStopMs = 600;

export interface OwnerOptions extends StopOptions {
  readonly onLost: (reason: Error) => void;
}

/** Owns a running cluster: restarts it on the same port when it dies, and stops it at the end. */
export class ClusterOwner {
  private readonly home: ServerHome;
  private readonly options: OwnerOptions;
  private readonly port: number;
  private readonly backoff = new Backoff();
  private readonly stopTrimming: () => void;
  private session: AdminSession;
  private state: 'owning' | 'recovering' | 'lost' = 'owning';
  private recovery: Promise<void> = Promise.resolve();
  private stopped: Promise<void> | undefined;

  constructor(home: ServerHome, session: AdminSession, options: OwnerOptions) {
    this.home = home;
    this.options = options;
    this.port = session.postmaster.port;
    this.stopTrimming = home.log.keepTrimmed();
    this.session = session;
    this.watch(session);
  }

  stop(withinMs = Infinity): Promise<void> {
    this.stopped ??= this.stopWithin(Date.now() + withinMs);
    return this.stopped;
  }

  async stopWithin(deadline: number): Promise<void> {
    this.stopTrimming();
    const remaining = (atMost: number) => Math.max(Math.min(atMost, deadline - forcedStopMs - Date.now()), 0);
    await Promise.race([this.recovery, delay(remaining(recoveryTimeoutMs), undefined, { ref: false })]);
    if (this.state === 'owning') {
      const fastMs = remaining(this.options.fastMs);
      const limits = fastMs < this.options.fastMs ? { fastMs, immediateMs: forcedStopMs / 2 } : {};
      await stopPostmaster(this.session.postmaster.pid, this.home.folder, { ...this.options, ...limits });
    }
    if (this.state === 'recovering') {
      this.options.onNotice(
        'PostgreSQL could not be brought back in time to be stopped; the next start takes it over.',
      );
    }
    await this.session.close();
  }

  private watch(session: AdminSession): void {
    this.session = session;
    this.state = 'owning';
    void session.closed.then(() => {
      if (this.stopped === undefined) this.recovery = this.recover();
    });
  }

  /** Resolves when the ownership is regained or given up. Never rejects, because only a stop awaits it. */
  private async recover(): Promise<void> {
    const { onNotice } = this.options;
    const since = Date.now();
    let lastFailure: string | undefined;
    this.state = 'recovering';
    onNotice('The connection to PostgreSQL was lost; bringing it back.');
    // At least one attempt, so that a concurrent stop finds a PostgreSQL that it can stop.
    do {
      const failure = await this.tryRecovery();
      if (failure === undefined) return onNotice(`PostgreSQL is back after ${Date.now() - since} ms.`);
      if (failure !== lastFailure) onNotice(failure);
      lastFailure = failure;
    } while (this.shouldContinue());
  }

  shouldContinue(): boolean {
    return this.state === 'recovering' && this.stopped === undefined;
  }

  /** Returns the message of a failure. */
  async tryRecovery(): Promise<string | undefined> {
    await this.backoff.beforeAttempt();
    try {
      this.refuseOtherCluster();
      this.watch(await this.reclaim());
      return undefined;
    } catch (error) {
      if (error instanceof DataFolderInUse || error instanceof ClusterGone) this.giveUp(error);
      return messageOf(error);
    }
  }

  /** The pools use one port. A server that another Promptyard has left running on another port is restarted on it. */
  async reclaim(): Promise<AdminSession> {
    const reach = { choosePort: () => Promise.resolve(this.port), onNotice: this.options.onNotice };
    const session = await takeOwnership(this.home, reach);
    if (session.postmaster.port === this.port) return session;
    await stopPostmaster(session.postmaster.pid, this.home.folder, this.options);
    return this.reclaim();
  }

  private refuseOtherCluster(): void {
    const { dataFolder, folder } = this.home;
    if (findCluster(dataFolder) !== folder) {
      throw new ClusterGone(`${clusterEntry(dataFolder)} was removed or replaced while PostgreSQL ran on it.`);
    }
  }

  private giveUp(reason: Error): void {
    this.state = 'lost';
    this.options.onLost(reason);
  }
}

class ClusterGone extends EmbeddedPostgresError {}
