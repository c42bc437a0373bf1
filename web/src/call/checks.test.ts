import { describe, expect, test } from 'vitest';
import type { Checks } from '../protocol/generated';
import { failures, judge, worst, type Duties } from './checks';
import type { CheckView } from './model';
import { GOOD } from './readiness-fixtures';

const video: Duties = { speaks: true, shows: true, pictures: true };
const voice: Duties = { speaks: true, shows: false, pictures: false };
const observer: Duties = { speaks: false, shows: false, pictures: true };

const of = (name: CheckView['name'], checks: Checks, duties = video, code: string | null = null): CheckView | undefined =>
  judge(checks, duties, code).checks.find((check) => check.name === name);

describe('what light for what figures', () => {
  test.each<[CheckView['name'], keyof Checks, readonly [value: unknown, light: CheckView['light']][]]>([
    ['way', 'way', [['udp', 'go'], ['tcp', 'caution'], ['nothing', 'nogo']]],
    ['up', 'up_kbps', [[600, 'go'], [599, 'caution'], [80, 'caution'], [79, 'nogo'], [0, 'nogo']]],
    ['down', 'down_kbps', [[900, 'go'], [899, 'caution'], [80, 'caution'], [79, 'nogo']]],
    ['loss', 'loss_permille', [[0, 'go'], [30, 'go'], [31, 'caution'], [150, 'caution'], [151, 'nogo']]],
    ['delay', 'delay_ms', [[400, 'go'], [401, 'caution'], [1000, 'caution'], [1001, 'nogo']]],
    ['clock', 'clock_ms', [[0, 'go'], [2000, 'go'], [-2000, 'go'], [2001, 'caution'], [-120_000, 'caution'], [120_001, 'nogo'], [-200_000, 'nogo']]],
    ['microphone', 'microphone', [['on', 'go'], ['off', 'unchecked'], ['denied', 'nogo'], ['not_found', 'nogo'], ['in_use', 'nogo'], ['failed', 'nogo'], ['muted', 'nogo'], ['silent', 'unchecked']]],
    ['speaker', 'speaker', [['on', 'go'], ['failed', 'nogo']]],
    ['camera', 'camera', [['on', 'go'], ['off', 'unchecked'], ['denied', 'caution'], ['not_found', 'caution'], ['in_use', 'caution'], ['failed', 'caution'], ['muted', 'caution']]],
    ['sealing', 'sealing', [[true, 'go'], [false, 'nogo']]],
    ['page', 'current', [[true, 'go'], [false, 'caution']]],
  ])('%s', (name, field, cases) => {
    for (const [value, light] of cases) {
      const check = of(name, { [field]: value });
      expect(check?.light, `${name} ${String(value)}`).toBe(light);
      expect(check?.figure, `${name} ${String(value)} says what was found`).not.toBe(null);
      if (light === 'caution' || light === 'nogo') expect(check?.advice, `${name} ${String(value)} has advice`).not.toBe(null);
    }
    expect(of(name, {})).toMatchObject({ name, light: 'unchecked', figure: null });
  });

  test('a voice needs less than pictures', () => {
    expect(of('up', { up_kbps: 120 }, voice)?.light).toBe('go');
    expect(of('up', { up_kbps: 120 })?.light).toBe('caution');
  });

  test('another code than the host’s own is seen by the host', () => {
    expect(of('page', { current: true, code: 'aa' }, video, 'bb')).toMatchObject({ light: 'caution', advice: { key: 'ready-advice-code' } });
    expect(of('page', { current: true, code: 'aa' }, video, 'aa')?.light).toBe('go');
    expect(of('page', { current: true, code: 'aa' })?.light).toBe('go');
  });
});

describe('a seat', () => {
  test('is as ready as its worst check', () => {
    expect(judge(GOOD, video).light).toBe('go');
    expect(judge({ ...GOOD, way: 'tcp' }, video).light).toBe('caution');
    expect(judge({ ...GOOD, way: 'tcp', microphone: 'denied' }, video).light).toBe('nogo');
    expect(judge(null, video).light).toBe('unchecked');
    expect(worst(['go', 'unchecked'])).toBe('unchecked');
    expect(worst(['unchecked', 'caution'])).toBe('caution');
  });

  test('is asked only for what it is to do', () => {
    const names = (duties: Duties): string[] => judge(GOOD, duties).checks.map(({ name }) => name);
    expect(names(video)).toEqual(['way', 'up', 'down', 'loss', 'delay', 'microphone', 'speaker', 'camera', 'clock', 'sealing', 'page']);
    expect(names(voice)).not.toContain('camera');
    expect(names(observer)).not.toContain('microphone');
  });

  test('has what is worst said first', () => {
    const seat = judge({ ...GOOD, way: 'tcp', clock_ms: 300_000 }, video);
    expect(failures(seat).map(({ name }) => name)).toEqual(['clock', 'way']);
  });
});
