/** The shape of each light: a colour alone would not be seen by everybody. */

import type { Light } from '../../call/model';
import type { IconName } from '../primitives/icons';

export const SHAPES: Readonly<Record<Light, IconName>> = {
  go: 'sealed', caution: 'attention', nogo: 'no-go', unchecked: 'unchecked',
};
