//! Whole sealed calls in one thread: sessions, and a delivery service like the server's that a test
//! can make dishonest.

mod anything;
mod circles;
mod clocks;
mod costs;
mod counted;
mod faults;
mod handover;
mod honest;
mod hostile;
mod interop;
mod letters;
mod longest;
mod mended;
mod outages;
mod proofs;
mod providers;
mod raw;
mod rosters;
mod safety;
mod service;
mod texts;
mod witnesses;
mod world;
