//! Datagrams for one receiver, gathered for few writes (UDP_SEGMENT): all of one size, the last may be
//! shorter.

use std::collections::VecDeque;

use crate::output::{Output, Route};

/// Datagrams in one write: what Linux takes.
const DATAGRAMS_MAX: usize = 64;
/// Bytes in one write: what a UDP datagram could hold.
const BYTES_MAX: usize = 60_000;
/// Buffers kept for later bursts.
const SPARE_MAX: usize = 64;

/// Buffers whose contents were sent.
#[derive(Default)]
pub(crate) struct Spare(Vec<Vec<u8>>);

impl Spare {
    pub(crate) fn take(&mut self) -> Vec<u8> {
        self.0.pop().unwrap_or_default()
    }

    pub(crate) fn give(&mut self, mut buffer: Vec<u8>) {
        if self.0.len() < SPARE_MAX {
            buffer.clear();
            self.0.push(buffer);
        }
    }
}

/// One receiver's burst while it is written.
pub(crate) struct Burst<'a> {
    route: Route,
    buffer: Vec<u8>,
    size: usize,
    count: usize,
    closed: bool,
    spare: &'a mut Spare,
    out: &'a mut VecDeque<Output>,
}

impl<'a> Burst<'a> {
    pub(crate) fn new(route: Route, spare: &'a mut Spare, out: &'a mut VecDeque<Output>) -> Self {
        Self {
            route,
            buffer: spare.take(),
            size: 0,
            count: 0,
            closed: false,
            spare,
            out,
        }
    }

    /// Where to append a datagram of exactly `len` bytes.
    pub(crate) fn datagram(&mut self, len: usize) -> &mut Vec<u8> {
        let fits = !self.closed
            && len <= self.size
            && self.count < DATAGRAMS_MAX
            && self.buffer.len() + len <= BYTES_MAX;
        if !fits {
            self.end_run();
            self.size = len;
        }
        self.closed = len < self.size;
        self.count += 1;
        &mut self.buffer
    }

    fn end_run(&mut self) {
        if self.count > 0 {
            let contents = std::mem::replace(&mut self.buffer, self.spare.take());
            self.out.push_back(self.route.transmit(contents, self.size));
        }
        (self.count, self.closed) = (0, false);
    }

    /// Hands over what was gathered.
    pub(crate) fn finish(mut self) {
        self.end_run();
        self.spare.give(self.buffer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use str0m::net::Protocol;

    proptest! {
        #[test]
        fn every_datagram_comes_out_once_in_order_and_whole(lens in proptest::collection::vec(1_usize..1500, 0..200)) {
            let address = ([192, 0, 2, 1], 1).into();
            let route = Route { proto: Protocol::Udp, source: address, destination: address };
            let (mut spare, mut out) = (Spare::default(), VecDeque::new());
            let mut burst = Burst::new(route, &mut spare, &mut out);
            for (number, &len) in lens.iter().enumerate() {
                burst.datagram(len).extend(vec![number as u8; len]);
            }
            burst.finish();
            let mut seen = Vec::new();
            for output in &out {
                let Output::Transmit { contents, segment, .. } = output else { panic!() };
                prop_assert!(contents.len() <= BYTES_MAX && contents.chunks(*segment).len() <= DATAGRAMS_MAX);
                for datagram in contents.chunks(*segment) {
                    prop_assert!(datagram.iter().all(|byte| *byte == datagram[0]));
                    seen.push((datagram[0], datagram.len()));
                }
            }
            let expected: Vec<_> = lens.iter().enumerate().map(|(n, &len)| (n as u8, len)).collect();
            prop_assert_eq!(seen, expected);
        }
    }
}
