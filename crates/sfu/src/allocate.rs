//! Which layer of each shown picture a receiver gets, within its bandwidth.
//!
//! Pictures come in order of importance. First each in turn gets its smallest layer; one that does not
//! fit is paused, and those behind it have the room: a shared screen too large for a line must not take
//! the faces with it. If none is paused, each in turn is raised towards the layer that suits its size on
//! screen. A rise needs room to spare, staying does not, so that an estimate that
//! wavers does not make pictures flicker between layers.

/// A rise must fit with this much more than it costs.
const MARGIN_PERCENT: u64 = 20;
/// A layer suits a tile if it has at least this share of its height.
const SUITS_PERCENT: u32 = 75;

/// One layer that is being sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Offered {
    /// Index in the track.
    pub(crate) layer: usize,
    pub(crate) height: u16,
    /// Bits per second.
    pub(crate) bitrate: u64,
}

/// A picture the receiver shows.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    /// From low to high; not empty.
    pub(crate) layers: Vec<Offered>,
    /// On screen.
    pub(crate) height: u16,
    /// Layer it gets now; `None` if none.
    pub(crate) current: Option<usize>,
}

/// The outcome for all wishes of a receiver.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Allocation {
    /// Layer of each wish; `None`: paused.
    pub(crate) layers: Vec<Option<usize>>,
    /// Bits per second the chosen layers need.
    pub(crate) spent: u64,
    /// Bits per second if everything suited.
    pub(crate) ideal: u64,
    /// Bits per second at which the next step up would be taken, if there is one.
    pub(crate) next_step: Option<u64>,
}

pub(crate) fn allocate(budget: u64, wishes: &[Wish]) -> Allocation {
    let mut chosen: Vec<Option<usize>> = vec![None; wishes.len()];
    let (mut spent, mut next_step) = (0, None);
    for (place, wish) in chosen.iter_mut().zip(wishes) {
        let cost = wish.layers[0].bitrate;
        let needed = spent + with_margin(cost, wish.current.is_none());
        if needed > budget {
            next_step = nearer(next_step, needed);
            continue;
        }
        *place = Some(0);
        spent += cost;
    }
    let all_shown = next_step.is_none();
    for (place, wish) in chosen.iter_mut().zip(wishes) {
        let Some(from) = *place else { continue };
        for to in from + 1..=suitable(wish) {
            let extra = wish.layers[to]
                .bitrate
                .saturating_sub(wish.layers[from].bitrate);
            let rises = wish.current.is_none_or(|now| wish.layers[to].layer > now);
            let needed = spent + with_margin(extra, rises);
            if all_shown && needed <= budget {
                *place = Some(to);
            } else {
                next_step = nearer(next_step, needed);
            }
        }
        if let Some(to) = *place {
            spent += wish.layers[to]
                .bitrate
                .saturating_sub(wish.layers[from].bitrate);
        }
    }
    Allocation {
        layers: chosen
            .iter()
            .zip(wishes)
            .map(|(place, wish)| place.map(|index| wish.layers[index].layer))
            .collect(),
        spent,
        ideal: wishes.iter().map(|w| w.layers[suitable(w)].bitrate).sum(),
        next_step,
    }
}

/// Index of the smallest layer tall enough for the tile, or of the tallest.
fn suitable(wish: &Wish) -> usize {
    let enough = u32::from(wish.height) * SUITS_PERCENT / 100;
    let tall_enough = |offered: &Offered| u32::from(offered.height) >= enough;
    let found = wish.layers.iter().position(tall_enough);
    found.unwrap_or(wish.layers.len() - 1)
}

fn nearer(step: Option<u64>, other: u64) -> Option<u64> {
    Some(step.map_or(other, |step| step.min(other)))
}

fn with_margin(cost: u64, rises: bool) -> u64 {
    cost + if rises {
        cost * MARGIN_PERCENT / 100
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn wish(height: u16, current: Option<usize>) -> Wish {
        let layer = |layer, height, bitrate| Offered {
            layer,
            height,
            bitrate,
        };
        Wish {
            layers: vec![
                layer(0, 180, 150_000),
                layer(1, 360, 500_000),
                layer(2, 720, 1_500_000),
            ],
            height,
            current,
        }
    }

    fn layers(budget: u64, wishes: &[Wish]) -> Vec<Option<usize>> {
        allocate(budget, wishes).layers
    }

    #[test]
    fn with_room_enough_the_height_on_screen_decides() {
        let wishes = [
            wish(720, None),
            wish(360, None),
            wish(200, None),
            wish(2160, None),
        ];
        let expected = [Some(2), Some(1), Some(0), Some(2)];
        assert_eq!(layers(50_000_000, &wishes), expected);
    }

    #[test]
    fn the_most_important_picture_is_raised_first() {
        let wishes = [wish(720, Some(0)), wish(720, Some(0))];
        assert_eq!(layers(2_000_000, &wishes), [Some(2), Some(0)]);
    }

    #[test]
    fn what_does_not_fit_is_paused_from_the_least_important() {
        let wishes = vec![wish(180, Some(0)); 4];
        let allocation = allocate(350_000, &wishes);
        assert_eq!(allocation.layers, [Some(0), Some(0), None, None]);
        assert_eq!(allocation.next_step, Some(450_000));
    }

    #[test]
    fn what_is_too_large_does_not_take_smaller_ones_with_it() {
        let mut screen = wish(720, None);
        screen.layers.drain(..2);
        let allocation = allocate(350_000, &[screen, wish(180, Some(0))]);
        assert_eq!(allocation.layers, [None, Some(0)]);
        assert_eq!(allocation.next_step, Some(1_800_000));
    }

    #[test]
    fn staying_needs_less_than_rising() {
        assert_eq!(layers(1_550_000, &[wish(720, Some(2))]), [Some(2)]);
        assert_eq!(layers(1_550_000, &[wish(720, Some(1))]), [Some(1)]);
        assert_eq!(layers(1_450_000, &[wish(720, Some(2))]), [Some(1)]);
    }

    proptest! {
        #[test]
        fn never_more_than_the_budget_and_only_what_does_not_fit_is_paused(
            budget in 0_u64..6_000_000,
            tiles in proptest::collection::vec((1_u16..2000, proptest::option::of(0_usize..3)), 0..12),
        ) {
            let wishes: Vec<_> = tiles.iter().map(|&(h, c)| wish(h, c)).collect();
            let allocation = allocate(budget, &wishes);
            let cost: u64 = allocation.layers.iter().zip(&wishes)
                .filter_map(|(l, w)| l.map(|l| w.layers[l].bitrate)).sum();
            prop_assert_eq!(cost, allocation.spent);
            prop_assert!(cost <= budget);
            let mut room = budget;
            for (layer, wish) in allocation.layers.iter().zip(&wishes) {
                let smallest = wish.layers[0].bitrate;
                prop_assert!(layer.is_some() || with_margin(smallest, wish.current.is_none()) > room);
                room -= if layer.is_some() { smallest } else { 0 };
            }
        }

        #[test]
        fn an_unchanged_network_changes_nothing(
            budget in 0_u64..6_000_000,
            tiles in proptest::collection::vec(1_u16..2000, 0..12),
        ) {
            let mut wishes: Vec<_> = tiles.iter().map(|&h| wish(h, None)).collect();
            for _ in 0..4 {
                let layers = allocate(budget, &wishes).layers;
                for (w, l) in wishes.iter_mut().zip(&layers) { w.current = *l; }
            }
            let before: Vec<_> = wishes.iter().map(|w| w.current).collect();
            prop_assert_eq!(layers(budget, &wishes), before);
        }
    }
}
