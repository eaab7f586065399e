//! The ids of requests.

use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};

thread_local! {
    static SEED: Cell<u64> = Cell::new(RandomState::new().hash_one(0));
}

/// A new request id. Ids of requests need to differ, not to be secret, so this draws nothing from
/// the operating system ("SplitMix64").
pub fn next() -> [u8; 36] {
    let bits = || {
        let seed = SEED.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        SEED.set(seed);
        let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u128::from(mixed ^ (mixed >> 31))
    };
    value::uuid::v4_digits(bits() << 64 | bits())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_are_the_same() {
        assert_ne!(next(), next());
    }
}
