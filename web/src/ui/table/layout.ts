/** How many tiles fit a space, and in how many columns. Pure arithmetic; CSS draws what it says. */

export interface Space {
  readonly width: number;
  readonly height: number;
}

export interface Fit {
  readonly columns: number;
  readonly rows: number;
  /** Tiles on one page. */
  readonly page: number;
}

/** Room between tiles; `--gap` in Grid.svelte. */
export const GAP = 8;
/** Columns and rows that Grid.svelte has rules for. */
export const SIDE_MAX = 8;
/** The server fills no more pictures than this at once (`TILES_MAX`), less one for the large one. */
export const PAGE_MAX = 25;
const RATIO = 16 / 9;

/** Width of a 16:9 tile when `columns` by `rows` of them share `space`. */
export function tileWidth(space: Space, columns: number, rows: number): number {
  const byWidth = (space.width - (columns - 1) * GAP) / columns;
  const byHeight = ((space.height - (rows - 1) * GAP) / rows) * RATIO;
  return Math.max(0, Math.min(byWidth, byHeight));
}

/**
 * The columns that make `count` tiles largest. If they would be narrower than `least`, fewer share
 * a page; every page has the same columns and rows, so that nobody changes size by turning it.
 */
export function fit(count: number, space: Space, least: number): Fit {
  const whole = Math.max(1, Math.min(count, PAGE_MAX));
  for (let page = whole; page > 1; page--) {
    const best = bestOf(page, space);
    if (best.width >= least) return balanced(count, best, page);
  }
  return { columns: 1, rows: 1, page: 1 };
}

function bestOf(count: number, space: Space): { columns: number; rows: number; width: number } {
  let best = { columns: 1, rows: count, width: 0 };
  for (let columns = 1; columns <= Math.min(count, SIDE_MAX); columns++) {
    const rows = Math.ceil(count / columns);
    if (rows > SIDE_MAX) continue;
    const width = tileWidth(space, columns, rows);
    if (width > best.width) best = { columns, rows, width };
  }
  return best;
}

/** Fills the grid that was found anyway, as long as that does not exceed what the server fills. */
function balanced(count: number, { columns, rows }: { columns: number; rows: number }, page: number): Fit {
  const full = count > page ? Math.min(columns * rows, PAGE_MAX) : page;
  return { columns, rows, page: full };
}
