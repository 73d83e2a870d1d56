import type { StoredObject } from '../../storage/object-storage.js';
import type { Reservation } from './version-reservation.repository.js';

/** The metadata key of the reservation under which an object was stored. */
export const reservationMetadata = 'reservation';

/**
 * Whose reservation an object belongs to, relative to one reservation. The object of a predecessor may be deleted; that
 * of an unproven one may be a version of another database.
 */
export type ObjectOwnership = 'missing' | 'own' | 'predecessor' | 'unproven' | 'foreign';

export function ownershipOf(
  stored: StoredObject | null,
  { id, predecessors, unproven }: Pick<Reservation, 'id' | 'predecessors' | 'unproven'>,
): ObjectOwnership {
  if (!stored) return 'missing';
  const reservation = stored.metadata[reservationMetadata] ?? '';
  if (reservation === id) return 'own';
  if (predecessors.includes(reservation)) return 'predecessor';
  return unproven.includes(reservation) ? 'unproven' : 'foreign';
}
