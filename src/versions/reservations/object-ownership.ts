import type { StoredObject } from '../../storage/object-storage.js';
import type { Reservation } from './version-reservation.repository.js';

/** Names the reservation under which an object was stored, in the object's own metadata. */
export const reservationMetadata = 'reservation';

/**
 * Under whose reservation an object was stored, as seen from one reservation. What a predecessor left may be deleted;
 * what an unproven one left may be a version of another database.
 */
export type ObjectOwnership = 'nobody' | 'own' | 'predecessor' | 'unproven' | 'stranger';

export function ownershipOf(
  stored: StoredObject | null,
  { id, predecessors, unproven }: Pick<Reservation, 'id' | 'predecessors' | 'unproven'>,
): ObjectOwnership {
  if (!stored) return 'nobody';
  const reservation = stored.metadata[reservationMetadata] ?? '';
  if (reservation === id) return 'own';
  if (predecessors.includes(reservation)) return 'predecessor';
  return unproven.includes(reservation) ? 'unproven' : 'stranger';
}
