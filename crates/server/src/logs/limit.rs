//! How many lines one kind of event may write, so that nobody outside fills a disk or holds up a thread
//! by what they send: libraries log what they think of it, one line for each attribute or datagram.
//!
//! A kind is a place in the code. It may write [`BURST`] lines at once, and one more every
//! [`Limit::REFILL`]; the next line that is written says how many of its kind were left out. What an
//! operator asked for by a level below `info` is written whole.

use std::{
    cell::Cell,
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use tracing::{Event, Level, Metadata, Subscriber, callsite::Identifier};
use tracing_subscriber::layer::{Context, Filter};

use crate::metrics as figures;

/// Lines of one kind at once.
pub const BURST: u32 = 20;

thread_local! {
    /// Lines of its kind that were left out before the one this thread is about to write.
    static LEFT_OUT: Cell<u64> = const { Cell::new(0) };
}

/// The lines of all kinds.
pub(super) struct Limit {
    kinds: Mutex<HashMap<Identifier, Kind>>,
}

struct Kind {
    lines: u32,
    since: Instant,
    left_out: u64,
}

impl Limit {
    /// After this long one more line may be written.
    const REFILL: Duration = Duration::from_secs(10);

    pub(super) fn new() -> Self {
        Self {
            kinds: Mutex::default(),
        }
    }

    /// `None`: not to be written. Otherwise, how many of its kind were not written before it.
    fn take(&self, now: Instant, kind: Identifier) -> Option<u64> {
        // Nothing in here panics; and a log that goes on is worth more than a count.
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        let kind = kinds.entry(kind).or_insert(Kind {
            lines: BURST,
            since: now,
            left_out: 0,
        });
        while kind.lines < BURST && now.saturating_duration_since(kind.since) >= Self::REFILL {
            kind.lines += 1;
            kind.since += Self::REFILL;
        }
        if kind.lines == 0 {
            kind.left_out += 1;
            return None;
        }
        if kind.lines == BURST {
            kind.since = now;
        }
        kind.lines -= 1;
        Some(std::mem::take(&mut kind.left_out))
    }
}

impl<S: Subscriber> Filter<S> for Limit {
    fn enabled(&self, _: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        true
    }

    fn event_enabled(&self, event: &Event<'_>, _: &Context<'_, S>) -> bool {
        let about = event.metadata();
        if *about.level() > Level::INFO {
            LEFT_OUT.set(0);
            return true;
        }
        let taken = self.take(Instant::now(), about.callsite());
        match taken {
            Some(left_out) => LEFT_OUT.set(left_out),
            None => figures::log_line_left_out(),
        }
        taken.is_some()
    }
}

/// The line with how many of its kind were left out before it, if any were; JSON stays JSON.
pub(super) fn with_left_out(line: &mut String) {
    let left_out = LEFT_OUT.take();
    if left_out == 0 {
        return;
    }
    let end = line.trim_end().len();
    let (at, note) = match line[..end].strip_suffix('}') {
        Some(open) if line.starts_with('{') => (open.len(), format!(",\"left_out\":{left_out}")),
        _ => (end, format!(" left_out={left_out}")),
    };
    line.insert_str(at, &note);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(limit: &Limit, now: Instant, count: u32, kind: &Identifier) -> Vec<u64> {
        let tries = 0..count;
        tries
            .filter_map(|_| limit.take(now, kind.clone()))
            .collect()
    }

    #[test]
    fn a_flood_of_one_kind_writes_few_lines_and_says_how_many_it_left_out() {
        let (limit, now) = (Limit::new(), Instant::now());
        let kind = some_kind();
        assert_eq!(written(&limit, now, 10_000, &kind).len(), 20);
        let later = now + Duration::from_secs(25);
        assert_eq!(written(&limit, later, 100, &kind), [9_980, 0]);
        let much_later = now + Duration::from_secs(3_600);
        assert_eq!(written(&limit, much_later, 1, &kind), [98]);
        assert_eq!(written(&limit, much_later, 100, &kind).len(), 19);
    }

    fn some_kind() -> Identifier {
        struct Place;
        impl tracing::Callsite for Place {
            fn set_interest(&self, _: tracing::subscriber::Interest) {}
            fn metadata(&self) -> &Metadata<'static> {
                unreachable!()
            }
        }
        static PLACE: Place = Place;
        Identifier(&PLACE)
    }

    #[test]
    fn a_line_says_what_was_left_out_before_it_once() {
        for (line, with) in [
            ("WARN is::stun: odd\n", "WARN is::stun: odd left_out=7\n"),
            (
                "{\"level\":\"WARN\"}\n",
                "{\"level\":\"WARN\",\"left_out\":7}\n",
            ),
        ] {
            let mut text = line.to_owned();
            LEFT_OUT.set(7);
            with_left_out(&mut text);
            assert_eq!(text, with);
            let mut next = line.to_owned();
            with_left_out(&mut next);
            assert_eq!(next, line);
        }
    }
}
