//! The stepwell binary.

fn main() {}
