//! The text of UUIDs.

use smol_str::SmolStr;

/// The text of 128 bits, as a UUID is written.
pub fn text(bits: u128) -> SmolStr {
    let text = digits(bits);
    SmolStr::new(std::str::from_utf8(&text).unwrap_or_default())
}

/// The version 4 UUID of these random bits.
pub fn v4(bits: u128) -> SmolStr {
    text(with_version(bits))
}

/// The version 4 UUID of these random bits, without a string for it.
pub fn v4_digits(bits: u128) -> [u8; 36] {
    digits(with_version(bits))
}

fn with_version(bits: u128) -> u128 {
    bits & !(0xf << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62)
}

fn digits(bits: u128) -> [u8; 36] {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut text = [b'-'; 36];
    let mut digits = (0..32).rev().map(|at| HEX[(bits >> (4 * at)) as usize & 0xf]);
    for (at, byte) in text.iter_mut().enumerate() {
        if !matches!(at, 8 | 13 | 18 | 23) {
            *byte = digits.next().unwrap_or(b'0');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{text, v4};

    #[test]
    fn a_uuid_says_its_version() {
        assert_eq!(v4(u128::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(v4(0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(
            text(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef),
            "01234567-89ab-cdef-0123-456789abcdef"
        );
    }
}
