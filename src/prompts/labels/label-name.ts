import { z } from 'zod';

/** The label that every read takes unless it says otherwise. */
export const production = 'production';
/** Computed: the newest revision. Nobody moves it. */
export const latest = 'latest';

const shape = /^[a-z][a-z0-9_.-]{0,35}$/;

/** A label's name: never a number nor a version, so that no selector is ambiguous. */
export const AnyLabelName = z.string().regex(shape, `must match ${shape.source}`).meta({ example: production });

/** A label that can be moved. */
export const LabelName = AnyLabelName.refine((name) => name !== latest, '`latest` is always the newest revision').meta({
  example: 'staging',
});
