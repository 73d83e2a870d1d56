import type { z } from 'zod';
import { ModelPath } from '../integrations/integrations.dto.js';
import { TemplateName } from '../templates/template-name.js';

export const AssociationPath = ModelPath.extend({ prompt: TemplateName.describe('Name of the prompt.') });
export type AssociationPath = z.output<typeof AssociationPath>;
