import { expect, test } from 'vitest';

import { people, wordsCheck } from '../../call/fixtures';
import { CheckWatch } from './check-watch.svelte';
import { grouped, results, waitedFor } from './verdict';

const [chair, ann, ben] = people(3);

test('while answers are missing it names them, and the chair is not waited for', () => {
  const check = wordsCheck({ chair: chair!, missing: [chair!, ann!, ben!], verdicts: [] });
  expect(waitedFor(check)).toEqual([ann, ben]);
  expect(results(check, false)).toEqual([{ key: 'check-result-so-far', people: [ann, ben], bad: false }]);
  expect(results(check, true)).toEqual([{ key: 'check-result-missing', people: [ann, ben], bad: true }]);
});

test('one who sees other words is named at once, whoever else answered', () => {
  const check = wordsCheck({ chair: chair!, missing: [ben!], verdicts: [{ person: ann!, same: false }] });
  expect(results(check, false)).toEqual([{ key: 'check-result-different', people: [ann], bad: true }]);
});

test('only when nobody is missing does everybody see the same', () => {
  const check = wordsCheck({ chair: chair!, missing: [], verdicts: [ann!, ben!].map((person) => ({ person, same: true })) });
  expect(results(check, false)).toEqual([{ key: 'check-result-all-same', people: [ann, ben], bad: false }]);
});

test('digits stand in groups of four', () => {
  expect(grouped('12345678901234567890')).toBe('1234 5678 9012 3456 7890');
});

test('words come up by themselves, can be shut and shown again, and the result stays until it is shut', () => {
  const watch = new CheckWatch();
  const check = wordsCheck();
  watch.see(check, 1_000);
  expect(watch.shown).toBe(check);
  watch.close();
  expect([watch.shown, watch.shut, watch.trace]).toEqual([null, check, null]);
  const later = { ...check, own: true };
  watch.see(later, 2_000);
  expect(watch.shown).toBe(null);
  watch.show();
  expect(watch.shown).toBe(later);
  watch.see(null, 3_000);
  watch.see(null, 4_000);
  expect([watch.shown, watch.over]).toEqual([later, true]);
  watch.close();
  // It was read: no trace on the table, but beside how the call is sealed.
  expect([watch.shown, watch.shut, watch.trace, watch.outcome]).toEqual([null, null, null, { check: later, atMs: 3_000 }]);
});

test('a check whose words were shut leaves a trace until it is dismissed, and the next one comes up again', () => {
  const watch = new CheckWatch();
  watch.see(null, 0);
  expect(watch.outcome).toBe(null);
  const check = wordsCheck();
  watch.see(check, 1_000);
  watch.close();
  watch.see(null, 121_000);
  const outcome = { check, atMs: 121_000 };
  expect([watch.shown, watch.shut, watch.trace, watch.outcome]).toEqual([null, null, outcome, outcome]);
  watch.dismiss();
  expect([watch.trace, watch.outcome]).toEqual([null, outcome]);
  watch.see(wordsCheck({ digits: '00000000000000000001' }), 200_000);
  expect([watch.shown !== null, watch.over, watch.outcome]).toEqual([true, false, null]);
});
