//! The estimator against simulated networks, and against receivers that say anything.

mod arbitrary;
mod encode;
mod flow;
mod link;
mod scenarios;
mod sharing;
mod trouble;
