/** What a field of the form is called where it is spoken of from afar. */

import { t } from '../language.svelte';
import { fieldAt } from './draft';

/** Whose it is and what, e.g. *Delegation 1, Seat 2, Name*. */
export function named(place: string): string {
  const field = fieldAt(place);
  if (!field) return t('form-delegations');
  const whose = [
    ...(field.delegation === undefined ? [] : [t('delegation-numbered', { number: field.delegation })]),
    ...(field.seat === undefined ? [] : [t('seat-numbered', { number: field.seat })]),
  ];
  return [...whose, t(field.label)].join(', ');
}
