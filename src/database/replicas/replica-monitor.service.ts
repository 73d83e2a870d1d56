import { MikroORM } from '@mikro-orm/postgresql';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import type { ClientBase, ClientConfig } from 'pg';
import { DatabaseConfig } from '../../config/database.config.js';
import { DedicatedConnection } from '../connections/dedicated-connection.js';
import { replicaConnectionsOf } from '../connections/postgres-connection.js';
import { OutageLogger } from '../outage-logger.js';
import { PrimaryPositions } from './primary-positions.js';
import { Replica } from './replica.js';
import { checkReplica } from './replica-check.js';

const intervalName = 'replicas';
const maxIntervalMs = 1_000;
/** A server that answers later than this counts as one that does not. */
const answerTimeoutMs = 1_000;
const primaryFailure = 'could not ask the primary for its position, so no replica is read';

/** A server that is asked regularly, on a connection of its own, so that a full pool does not delay the question. */
interface Watched {
  readonly connection: DedicatedConnection;
  ask(client: ClientBase): Promise<void>;
  isBeingAsked: boolean;
}

/** Checks the replicas regularly. Without replicas it does nothing. */
@Injectable()
export class ReplicaMonitor implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly replicas: readonly Replica[];
  private readonly positions = new PrimaryPositions();
  private readonly watched: readonly Watched[];
  private readonly intervalMs: number;
  private isStopping = false;

  constructor(
    orm: MikroORM,
    @Inject(DatabaseConfig.KEY) { url, maxReplicaLagMs }: DatabaseConfig,
    outages: OutageLogger,
    private readonly scheduler: SchedulerRegistry,
  ) {
    this.intervalMs = Math.min(maxIntervalMs, maxReplicaLagMs / 4);
    this.replicas = replicaConnectionsOf(orm).map((connection, index) => {
      return new Replica({ number: index + 1, connection, maxLagMs: maxReplicaLagMs, outages });
    });
    const isNeeded = this.replicas.length > 0;
    this.watched = isNeeded ? [this.watchPrimary(url, outages), ...this.replicas.map((each) => this.watch(each))] : [];
  }

  onApplicationBootstrap(): void {
    for (const { connection } of this.watched) connection.keepOpen();
    if (this.watched.length > 0)
      this.scheduler.addInterval(
        intervalName,
        setInterval(() => this.askAll(), this.intervalMs),
      );
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    if (this.scheduler.doesExist('interval', intervalName)) this.scheduler.deleteInterval(intervalName);
    await Promise.all(this.watched.map(({ connection }) => connection.close()));
  }

  private watchPrimary(url: string, outages: OutageLogger): Watched {
    const ask = (client: ClientBase) => this.positions.sample(client);
    const connection = new DedicatedConnection({
      config: connectionConfig({ connectionString: url }),
      outages,
      failure: primaryFailure,
      retryMs: this.intervalMs,
      prepare: ask,
      onOpen: () => undefined,
      onLost: () => undefined,
    });
    return { connection, ask, isBeingAsked: false };
  }

  private watch(replica: Replica): Watched {
    const ask = (client: ClientBase) => checkReplica(replica, client, this.positions);
    const { host, port, user, password, database } = replica.connection.connections.options;
    const drop = (cause: unknown) => {
      if (!this.isStopping) replica.drop('does not answer', String(cause));
    };
    const connection = new DedicatedConnection({
      config: connectionConfig({ host, port, user, password, database }),
      outages: { recordFailure: (_, cause) => drop(cause), recordSuccess: () => undefined },
      failure: '',
      retryMs: this.intervalMs,
      prepare: ask,
      onOpen: () => undefined,
      onLost: drop,
    });
    return { connection, ask, isBeingAsked: false };
  }

  private askAll(): void {
    for (const server of this.watched) void this.ask(server);
  }

  private async ask(server: Watched): Promise<void> {
    const client = server.connection.current;
    if (!client || server.isBeingAsked) return;
    server.isBeingAsked = true;
    await server.ask(client).catch((error: unknown) => server.connection.lose(client, error));
    server.isBeingAsked = false;
  }
}

function connectionConfig(config: ClientConfig): ClientConfig {
  return {
    ...config,
    application_name: 'promptyard replica check',
    connectionTimeoutMillis: answerTimeoutMs,
    query_timeout: answerTimeoutMs,
  };
}
