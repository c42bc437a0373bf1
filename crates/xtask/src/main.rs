//! One-command tasks behind ./x.
fn main() {}
