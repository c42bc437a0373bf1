//! What a call promises, from outside: one binary, so that it links once.

mod admission;
mod any_order;
mod checking;
mod circles;
mod hosting;
mod knocking;
mod permission_matrix;
mod publishing;
mod relaying;
mod returning;
mod rows;
mod support;
