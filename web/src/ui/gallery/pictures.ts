/** Moving pictures for the gallery: a plain bust before a plain wall, one colour scheme a seat. */

import type { TableState, TileView } from '../../call/model';

const WALLS = ['#7a8ea6', '#a08b6d', '#6f8f7c', '#8d7c99', '#a3867f', '#7f8a5f', '#5f8893', '#94815a', '#7c7f94'];
const COATS = ['#20304a', '#3a2b28', '#24362e', '#2d2638', '#402a2a', '#2e3320', '#1f3338', '#3a3222', '#282a38'];
const SKINS = ['#e3bfa2', '#d9ae8c', '#b98562', '#8c5d40', '#efd0b8'];

/** A stream of 640 by 360 that moves a little, so that a frozen tile would show. */
export function bust(seed: number): MediaStream {
  const canvas = document.createElement('canvas');
  canvas.width = 640;
  canvas.height = 360;
  const context = canvas.getContext('2d');
  let frame = 0;
  const draw = (): void => {
    if (!context) return;
    const sway = Math.sin((frame++ + seed * 7) / 12) * 6;
    context.fillStyle = WALLS[seed % WALLS.length] ?? '';
    context.fillRect(0, 0, 640, 360);
    context.fillStyle = COATS[seed % COATS.length] ?? '';
    context.beginPath();
    context.ellipse(320 + sway / 2, 390, 190, 170, 0, 0, 7);
    context.fill();
    context.fillStyle = SKINS[seed % SKINS.length] ?? '';
    context.beginPath();
    context.ellipse(320 + sway, 140, 62, 80, 0, 0, 7);
    context.fill();
  };
  draw();
  setInterval(draw, 100);
  return canvas.captureStream(10);
}

/** A page of ruled text, as somebody's screen. */
function page(): MediaStream {
  const canvas = document.createElement('canvas');
  canvas.width = 1280;
  canvas.height = 800;
  const context = canvas.getContext('2d');
  const draw = (): void => {
    if (!context) return;
    context.fillStyle = '#fdfdfb';
    context.fillRect(0, 0, 1280, 800);
    context.fillStyle = '#33373c';
    context.fillRect(120, 90, 520, 34);
    for (let line = 0; line < 16; line++) context.fillRect(120, 170 + line * 34, 980 - ((line * 137) % 300), 10);
  };
  draw();
  setInterval(draw, 500);
  return canvas.captureStream(2);
}

/** Gives every tile that waits for its picture one. */
export function withPictures(state: TableState): TableState {
  const live = (tile: TileView): TileView =>
    tile.picture === 'loading' && tile.presence === 'seated'
      ? { ...tile, picture: 'live', stream: tile.source === 'screen' ? page() : bust(tile.person.seat) }
      : tile;
  const tiles = state.tiles.map(live);
  const screens = state.screens.map(live);
  const large = state.large && { ...state.large, tile: [...tiles, ...screens].find((t) => t.id === state.large?.tile.id) ?? state.large.tile };
  return { ...state, tiles, screens, large };
}
