import { describe, expect, test } from 'vitest';
import { FakeClock } from '../base/fake-clock';
import { VoiceSwitch, type Voice } from './voice';

function setup() {
  const clock = new FakeClock();
  const sent: Voice[] = [];
  return { clock, sent, voice: new VoiceSwitch(clock, (voice) => sent.push(voice)) };
}

describe('the voice that is sent', () => {
  test('is what the server said last, at once', () => {
    const { clock, sent, voice } = setup();
    voice.want('full');
    expect(sent).toEqual(['full']);
    clock.pass(60_000);
    voice.want('narrow');
    expect(sent).toEqual(['full', 'narrow']);
  });

  test('is not switched to what it is', () => {
    const { clock, sent, voice } = setup();
    voice.want('narrow');
    clock.pass(60_000);
    expect(sent).toEqual([]);
  });

  test('changes seldom, however often the server says so, and ends as it said last', () => {
    const { clock, sent, voice } = setup();
    for (let second = 0; second < 60; second++) {
      for (let times = 0; times < 1_000; times++) voice.want(times % 2 === 0 ? 'full' : 'narrow');
      voice.want(second % 4 < 2 ? 'full' : 'narrow');
      clock.pass(1_000);
    }
    voice.want('full');
    clock.pass(10_000);
    expect(sent.length).toBeGreaterThan(2);
    expect(sent.length).toBeLessThan(25);
    expect(sent.at(-1)).toBe('full');
  });

  test('is the narrow one on a new connection, until the server says otherwise', () => {
    const { clock, sent, voice } = setup();
    voice.want('full');
    clock.pass(500);
    voice.want('narrow');
    voice.begin();
    clock.pass(60_000);
    expect(sent).toEqual(['full']);
    voice.want('full');
    expect(sent).toEqual(['full', 'full']);
  });

  test('of a link that ended is not switched', () => {
    const { clock, sent, voice } = setup();
    voice.want('full');
    voice.want('narrow');
    voice.end();
    clock.pass(60_000);
    expect(sent).toEqual(['full']);
  });
});
