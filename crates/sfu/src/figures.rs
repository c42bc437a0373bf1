//! Counters of the forwarding unit, for metrics and for tests.

/// Why a datagram was dropped without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum Rejection {
    /// Neither STUN, DTLS, RTP nor RTCP (RFC 7983), or STUN that cannot be parsed.
    Malformed,
    /// Not STUN, and from an address that never proved itself.
    UnknownAddress,
    /// STUN, but not a Binding request.
    NotBindingRequest,
    /// A Binding request for an ICE ufrag nobody has.
    UnknownUfrag,
    /// A Binding request whose MESSAGE-INTEGRITY does not verify.
    BadIntegrity,
    /// One connection used more addresses in its life than any honest one does.
    TooManyAddresses,
}

impl Rejection {
    /// All of them, in the order of [`Figures::rejected`].
    pub const ALL: [Self; 6] = [
        Self::Malformed,
        Self::UnknownAddress,
        Self::NotBindingRequest,
        Self::UnknownUfrag,
        Self::BadIntegrity,
        Self::TooManyAddresses,
    ];

    /// Label for metrics.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::UnknownAddress => "unknown_address",
            Self::NotBindingRequest => "not_binding_request",
            Self::UnknownUfrag => "unknown_ufrag",
            Self::BadIntegrity => "bad_integrity",
            Self::TooManyAddresses => "too_many_addresses",
        }
    }
}

/// What happened since the start. Counts only rise, but for `peers` and `connected`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Peers that joined and have not left.
    pub peers: u64,
    /// Of those, how many have ICE and DTLS up.
    pub connected: u64,
    /// Datagrams handed in.
    pub datagrams_in: u64,
    /// Bytes of those.
    pub bytes_in: u64,
    /// Datagrams handed out.
    pub datagrams_out: u64,
    /// Bytes of those.
    pub bytes_out: u64,
    /// Media packets received from publishers.
    pub packets_in: u64,
    /// Media packets written to receivers: one for each receiver.
    pub forwarded: u64,
    /// Payload bytes of those.
    pub forwarded_bytes: u64,
    /// Media packets written once more, as a receiver lost them.
    pub resent: u64,
    /// Media packets dropped because their sender has announced no such microphone, camera or screen.
    pub withheld: u64,
    /// Key frame requests sent to publishers.
    pub keyframe_requests: u64,
    /// Peers ended because handling them panicked. Anything but 0 is a bug.
    pub panics: u64,
    /// Dropped datagrams, by [`Rejection`].
    pub rejected: [u64; Rejection::ALL.len()],
}

impl Figures {
    /// Count of one reason.
    pub const fn rejected_for(&self, why: Rejection) -> u64 {
        self.rejected[why as usize]
    }

    /// Adds what another unit did.
    pub fn add(&mut self, other: &Self) {
        let pairs = [
            (&mut self.peers, other.peers),
            (&mut self.connected, other.connected),
            (&mut self.datagrams_in, other.datagrams_in),
            (&mut self.bytes_in, other.bytes_in),
            (&mut self.datagrams_out, other.datagrams_out),
            (&mut self.bytes_out, other.bytes_out),
            (&mut self.packets_in, other.packets_in),
            (&mut self.forwarded, other.forwarded),
            (&mut self.forwarded_bytes, other.forwarded_bytes),
            (&mut self.resent, other.resent),
            (&mut self.withheld, other.withheld),
            (&mut self.keyframe_requests, other.keyframe_requests),
            (&mut self.panics, other.panics),
        ];
        for (count, more) in pairs {
            *count += more;
        }
        for (count, more) in self.rejected.iter_mut().zip(other.rejected) {
            *count += more;
        }
    }

    pub(crate) fn reject(&mut self, why: Rejection) {
        self.rejected[why as usize] += 1;
    }
}
