//! A run of acts on a disk that fails at every place in turn, that forgets what was not synced, and that
//! loses its power: what was acknowledged is there, what was refused is not.

#[allow(dead_code)] // some of it is for `tests/store`
mod acts;
mod cancelled;
mod ground;
mod opening;
mod power;
mod refusals;
