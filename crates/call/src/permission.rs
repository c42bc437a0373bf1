//! Who may do what (being filled in).

use protocol::{ErrorCode, ErrorMessage, SeatId};

/// Why something was not allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Denial {
    /// For programs.
    pub code: ErrorCode,
    /// A sentence that says what to do.
    pub text: &'static str,
    /// The connection ends with it.
    pub fatal: bool,
    /// Seats it is about.
    pub seats: Vec<SeatId>,
}

impl From<Denial> for ErrorMessage {
    fn from(denial: Denial) -> Self {
        let Denial {
            code,
            text,
            fatal,
            seats,
        } = denial;
        Self {
            fatal,
            seats,
            ..Self::new(code, text)
        }
    }
}
