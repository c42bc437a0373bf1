//! The contract of `server::store::Store`: every test of [`contract`] is run against SQLite and against a
//! PostgreSQL of its own, which is Debian's package; where that is missing the test says so. What becomes of
//! acts whose connection is cut, or whose PostgreSQL is killed, is in [`cuts`] and [`kills`]; SQLite's disk
//! fails in `tests/faults`.

#[path = "../faults/acts.rs"]
mod acts;
mod contract;
mod cuts;
mod ground;
mod kills;
mod moved;
