import { prepared } from '../database/prepared-statements.js';

// By hand: asks no table, only whether PostgreSQL answers.
export const ping = prepared('ping', 'select 1');
