//! A real server on loopback and clients that behave well, badly, or not at all.

mod bad_input;
mod clocks;
mod convening;
mod conversation;
mod delivery;
mod fencing;
mod flooding;
mod full_disk;
mod harness;
mod links;
mod mirror;
mod restart;
mod small_disk;
mod storage;
mod web;
