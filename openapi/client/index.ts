/** The operations with their types, and what makes a client for one server. */
export * from './src/index.js';
export { type Client, type Config, createClient } from './src/client/index.js';
