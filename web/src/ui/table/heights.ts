/**
 * How tall each picture is shown, for the server to choose a layer by.
 *
 * A tile can be drawn twice for a moment (in the grid and large): the tallest counts.
 */

import type { TileId } from '../../call/model';

export class Heights {
  readonly #shown = new Map<TileId, Map<object, number>>();
  readonly #watches = new Map<TileId, (element: Element) => () => void>();
  readonly #tell: (tile: TileId, height: number) => void;

  constructor(tell: (tile: TileId, height: number) => void) {
    this.#tell = tell;
  }

  /** `place` is one element that shows `tile`; 0 pixels when it no longer does. */
  set(tile: TileId, place: object, height: number): void {
    const places = this.#shown.get(tile) ?? new Map<object, number>();
    const before = Math.max(0, ...places.values());
    if (height > 0) places.set(place, height);
    else places.delete(place);
    if (places.size > 0) this.#shown.set(tile, places);
    else this.#shown.delete(tile);
    const after = Math.max(0, ...places.values());
    if (after !== before) this.#tell(tile, after);
  }

  /**
   * Watches an element that shows `tile`; for `{@attach}`. The same function for the same tile, so
   * that a tile which is drawn anew for another reason is not let go of and taken up again.
   */
  watch(tile: TileId): (element: Element) => () => void {
    const known = this.#watches.get(tile);
    if (known) return known;
    const watch = (element: Element): (() => void) => {
      const observer = new ResizeObserver(([entry]) => {
        if (entry) this.set(tile, element, Math.round(entry.contentRect.height * devicePixelRatio));
      });
      observer.observe(element);
      return () => {
        observer.disconnect();
        this.set(tile, element, 0);
      };
    };
    this.#watches.set(tile, watch);
    return watch;
  }
}
