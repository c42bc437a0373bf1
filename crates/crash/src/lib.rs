//! What a server's storage must survive: [`disk`] is a disk that fails and forgets, for tests in the
//! same process; [`cluster`] is a PostgreSQL of a test's own, which it may kill; [`wire`] is a line to it that
//! is cut where it is told to. The binary of this crate kills real servers (`cargo xtask crash`).

pub mod cluster;
pub mod disk;
pub mod wire;
