// Files for Chromium's fake camera and microphone: a drawn person with the frame barcode, and the
// seat's tone. Made at test time into `.cache/`, never checked in.

import { closeSync, existsSync, openSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import { UNITS, blocks, draw } from './barcode.ts';
import { cached } from './paths.ts';
import { pair } from './tones.ts';

const WIDTH = 1280; // at 640 Chromium never sends its third layer
const LINES = 720;
export const FRAMES_PER_SECOND = 10;
/** The film starts again after so many frames. */
export const LOOP_FRAMES = 40;
/** Raise when the drawing changes. */
const EDITION = 2;

/** Path of the seat's film (Y4M: Chromium takes its frame rate from the header). */
export function film(seat: number): string {
  return made(`film-${EDITION}-${seat}.y4m`, (path) => {
    const file = openSync(path, 'w');
    writeSync(file, `YUV4MPEG2 W${WIDTH} H${LINES} F${FRAMES_PER_SECOND}:1 Ip A1:1 C420jpeg\n`);
    const picture = portrait(seat);
    for (let frame = 0; frame < LOOP_FRAMES; frame++) {
      drawBarcode(picture, seat, frame);
      drawClock(picture, frame);
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
function portrait(seat: number): Buffer {
  const picture = Buffer.alloc(WIDTH * LINES * 1.5);
  const u = WIDTH * LINES;
  const v = u + (WIDTH * LINES) / 4;
  const angle = seat * 2.4;
  for (let y = 0; y < LINES; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const head = ((x - 640) / 130) ** 2 + ((y - 300) / 170) ** 2 < 1;
      const body = ((x - 640) / 380) ** 2 + ((y - 760) / 300) ** 2 < 1;
      picture[y * WIDTH + x] = head ? 170 : body ? 60 : 120 - (y >> 4);
      if ((x | y) & 1) continue;
      const at = (y >> 1) * (WIDTH >> 1) + (x >> 1);
      const strength = head ? 12 : body ? 10 : 25;
      picture[u + at] = head ? 112 : 128 + strength * Math.cos(angle);
      picture[v + at] = head ? 146 : 128 + strength * Math.sin(angle);
    }
  }
  return picture;
}

function drawBarcode(picture: Buffer, seat: number, frame: number): void {
  const scale = WIDTH / UNITS.wide;
  draw({ seat, frame }).forEach((white, at) => {
    const { x, y, width, height } = blocks[at]!;
    fill(picture, x * scale, y * scale, width * scale, height * scale, white ? 235 : 16);
  });
}

/** A block that goes round, so that a person too sees that the picture moves. */
function drawClock(picture: Buffer, frame: number): void {
  const x = 100 + Math.round((frame / LOOP_FRAMES) * 1000);
  fill(picture, 100, 40, 1040, 20, 80);
  fill(picture, x, 40, 40, 20, 220);
}

function fill(picture: Buffer, x: number, y: number, width: number, height: number, luma: number): void {
  for (let line = y; line < y + height; line++) {
    picture.fill(luma, line * WIDTH + x, line * WIDTH + x + width);
  }
}
