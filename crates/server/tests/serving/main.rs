//! A real server on loopback and clients that behave well, badly, or not at all.

mod bad_input;
mod convening;
mod conversation;
mod delivery;
mod flooding;
mod harness;
mod links;
mod mirror;
mod restart;
mod storage;
mod web;
