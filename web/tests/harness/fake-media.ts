// Files for Chromium's fake camera and microphone: a drawn person with the frame barcode, and the
// seat's tone. Made at test time into `.cache/`, never checked in.

import { closeSync, existsSync, openSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import { UNITS, blocks, draw } from './barcode.ts';
import { cached } from './paths.ts';
import { pair } from './tones.ts';

/** At 640 Chromium never sends its third layer. */
const LARGE = { wide: 1280, high: 720 };
const SMALL = { wide: 640, high: 360 };
type Size = typeof LARGE;
export const FRAMES_PER_SECOND = 10;
/** The film starts again after so many frames. */
export const LOOP_FRAMES = 40;
/** Raise when the drawing changes. */
const EDITION = 2;

/** Path of the seat's film (Y4M: Chromium takes its frame rate from the header). */
export function film(seat: number, small = false): string {
  const size = small ? SMALL : LARGE;
  return made(`film-${EDITION}-${seat}${small ? '-small' : ''}.y4m`, (path) => {
    const file = openSync(path, 'w');
    writeSync(file, `YUV4MPEG2 W${size.wide} H${size.high} F${FRAMES_PER_SECOND}:1 Ip A1:1 C420jpeg\n`);
    const picture = portrait(seat, size);
    for (let frame = 0; frame < LOOP_FRAMES; frame++) {
      drawBarcode(picture, size, seat, frame);
      drawClock(picture, size, frame);
      writeSync(file, 'FRAME\n');
      writeSync(file, picture);
    }
    closeSync(file);
  });
}

/**
 * Path of the seat's voice (WAV, 48 kHz mono, whole periods so that its loop has no click). It swells
 * three times a second as speech does: a steady tone would be taken for noise and suppressed.
 */
export function tone(seat: number): string {
  return made(`tone-${EDITION}-${seat}.wav`, (path) => {
    const [rate, seconds] = [48_000, 2];
    const data = Buffer.alloc(rate * seconds * 2);
    const [low, high] = pair(seat);
    for (let at = 0; at < rate * seconds; at++) {
      const wave = (hz: number) => Math.sin((2 * Math.PI * hz * at) / rate);
      const swell = 0.5 - 0.5 * Math.cos((2 * Math.PI * 3 * at) / rate);
      data.writeInt16LE(Math.round((wave(low) + wave(high)) * swell * 0.3 * 32767), at * 2);
    }
    const head = Buffer.alloc(44);
    head.write('RIFF', 0);
    head.writeUInt32LE(36 + data.length, 4);
    head.write('WAVEfmt ', 8);
    head.writeUInt32LE(16, 16);
    head.writeUInt16LE(1, 20); // PCM
    head.writeUInt16LE(1, 22); // mono
    head.writeUInt32LE(rate, 24);
    head.writeUInt32LE(rate * 2, 28);
    head.writeUInt16LE(2, 32);
    head.writeUInt16LE(16, 34);
    head.write('data', 36);
    head.writeUInt32LE(data.length, 40);
    writeFileSync(path, Buffer.concat([head, data]));
  });
}

function made(name: string, make: (path: string) => void): string {
  const path = join(cached('e2e', 'media'), name);
  if (!existsSync(path)) {
    make(`${path}.part`);
    renameSync(`${path}.part`, path);
  }
  return path;
}

/** A head and shoulders before a wall, in planar YUV 4:2:0; each seat has its own colour. */
function portrait(seat: number, { wide, high }: Size): Buffer {
  const picture = Buffer.alloc(wide * high * 1.5);
  const scale = wide / LARGE.wide;
  const u = wide * high;
  const v = u + (wide * high) / 4;
  const angle = seat * 2.4;
  for (let y = 0; y < high; y++) {
    for (let x = 0; x < wide; x++) {
      const head = ((x / scale - 640) / 130) ** 2 + ((y / scale - 300) / 170) ** 2 < 1;
      const body = ((x / scale - 640) / 380) ** 2 + ((y / scale - 760) / 300) ** 2 < 1;
      picture[y * wide + x] = head ? 170 : body ? 60 : 120 - (Math.floor(y / scale) >> 4);
      if ((x | y) & 1) continue;
      const at = (y >> 1) * (wide >> 1) + (x >> 1);
      const strength = head ? 12 : body ? 10 : 25;
      picture[u + at] = head ? 112 : 128 + strength * Math.cos(angle);
      picture[v + at] = head ? 146 : 128 + strength * Math.sin(angle);
    }
  }
  return picture;
}

function drawBarcode(picture: Buffer, size: Size, seat: number, frame: number): void {
  const scale = size.wide / UNITS.wide;
  draw({ seat, frame }).forEach((white, at) => {
    const { x, y, width, height } = blocks[at]!;
    fill(picture, size, x * scale, y * scale, width * scale, height * scale, white ? 235 : 16);
  });
}

/** A block that goes round, so that a person too sees that the picture moves. */
function drawClock(picture: Buffer, size: Size, frame: number): void {
  const scale = size.wide / LARGE.wide;
  const x = 100 + Math.round((frame / LOOP_FRAMES) * 1000);
  fill(picture, size, 100 * scale, 40 * scale, 1040 * scale, 20 * scale, 80);
  fill(picture, size, Math.round(x * scale), 40 * scale, 40 * scale, 20 * scale, 220);
}

function fill(picture: Buffer, size: Size, x: number, y: number, width: number, height: number, luma: number): void {
  for (let line = y; line < y + height; line++) {
    picture.fill(luma, line * size.wide + x, line * size.wide + x + width);
  }
}
