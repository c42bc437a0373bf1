//! What a server's storage must survive: [`disk`] is a disk that fails and forgets, for tests in the
//! same process; the binary of this crate kills real servers (`cargo xtask crash`).

pub mod disk;
