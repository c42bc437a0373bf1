/** How many tiles fit a space, and in how many columns. Pure arithmetic; CSS draws what it says. */

export interface Space {
  readonly width: number;
  readonly height: number;
}

/** `wide` is 16:9 with the plate on the picture; `tall` is 4:3, used where that shows faces larger. */
type Shape = 'wide' | 'tall';

export interface Fit {
  readonly columns: number;
  readonly rows: number;
  readonly shape: Shape;
  /** Tiles on one page. */
  readonly page: number;
}

/** Room between tiles; `--gap` in Grid.svelte. */
const GAP = 8;
/** Columns and rows that Grid.svelte has rules for. */
const SIDE_MAX = 8;
/** The server fills no more pictures than this at once (`TILES_MAX`), less one for the large one. */
export const PAGE_MAX = 25;
/** Narrower, the plate stands under the picture (Tile.svelte), which needs a tall tile. */
const WIDE_LEAST = 272;
const RATIOS: Readonly<Record<Shape, number>> = { wide: 16 / 9, tall: 4 / 3 };

interface Found {
  readonly columns: number;
  readonly rows: number;
  readonly shape: Shape;
  readonly width: number;
}

/** Width of a tile when `columns` by `rows` of them share `space`. */
export function tileWidth(space: Space, { columns, rows, shape }: Omit<Fit, 'page'>): number {
  const byWidth = (space.width - (columns - 1) * GAP) / columns;
  const byHeight = ((space.height - (rows - 1) * GAP) / rows) * RATIOS[shape];
  return Math.max(0, Math.min(byWidth, byHeight));
}

/**
 * The arrangement that makes `count` tiles largest. If they would be narrower than `least`, fewer
 * share a page; pages are equally full, so that nobody changes size by turning them.
 */
export function fit(count: number, space: Space, least: number): Fit {
  for (let page = Math.max(1, Math.min(count, PAGE_MAX)); page > 1; page--) {
    if (largest(page, space).width < least) continue;
    const even = Math.ceil(count / Math.ceil(count / page));
    const { columns, rows, shape } = largest(even, space);
    // What the rows hold anyway, as long as the server can fill it.
    return { columns, rows, shape, page: count > even ? Math.min(columns * rows, PAGE_MAX) : even };
  }
  const { shape } = largest(1, space);
  return { columns: 1, rows: 1, shape, page: 1 };
}

/** A tile this much narrower than the least can still be read, for a moment. */
const SHRINK_MAX = 0.85;

/**
 * The arrangement in a space that has a pager at its foot where it is needed. It follows from the space
 * alone: a pager that came while there was little room does not keep itself there.
 *
 * While `spare` of the height is taken for a moment, tiles keep their places and shrink; they are
 * arranged anew only if they could not be read.
 */
export function fitInPages(count: number, space: Space, { spare, least, pager }: { spare: number; least: number; pager: number }): Fit {
  const fitFor = ({ width, height }: Space): Fit => {
    const usual = fit(count, { width, height: height + spare }, least);
    if (spare === 0 || tileWidth({ width, height }, usual) >= least * SHRINK_MAX) return usual;
    return fit(count, { width, height }, least);
  };
  const whole = fitFor(space);
  return whole.page < count ? fitFor({ width: space.width, height: Math.max(0, space.height - pager - GAP) }) : whole;
}

function largest(count: number, space: Space): Found {
  let best: Found = { columns: 1, rows: count, shape: 'tall', width: 0 };
  for (let columns = 1; columns <= Math.min(count, SIDE_MAX); columns++) {
    const rows = Math.ceil(count / columns);
    if (rows > SIDE_MAX) continue;
    for (const shape of ['wide', 'tall'] as const) {
      const found = { columns, rows, shape, width: tileWidth(space, { columns, rows, shape }) };
      if (shape === 'wide' && found.width < WIDE_LEAST) continue;
      if (area(found) > area(best)) best = found;
    }
  }
  return best;
}

const area = ({ width, shape }: Found): number => (width * width) / RATIOS[shape];
