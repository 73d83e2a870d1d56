import { z } from 'zod';
import { ValidationFailed } from '../../common/errors/catalogue.js';

/** The default label of every read. */
export const production = 'production';
/** Computed: the newest revision. It is never moved. */
export const latest = 'latest';

const shape = /^[a-z][a-z0-9_.-]{0,35}$/;

/** The name of a label. It is never a number or a version, so that selectors are unambiguous. */
export const AnyLabelName = z.string().regex(shape, `must match ${shape.source}`).meta({ example: production });

/** A label that can be moved. */
export const LabelName = AnyLabelName.refine((name) => name !== latest, '`latest` is always the newest revision').meta({
  example: 'staging',
});

/** @throws ValidationFailed for a name that no label of the first kind can have */
export function parseMovableLabel(label: string): string {
  const result = LabelName.safeParse(label);
  if (!result.success) throw ValidationFailed({ label: result.error.issues[0]?.message ?? 'is no label' });
  return result.data;
}
