//! What shows through of AWS's Java: its printing of objects, its rounding and its random numbers.

use value::Value;

use crate::limits::MAX_VALUE_DEPTH;

/// The value as Java's `toString` prints it: strings bare, `{Arg1=1, Arg2=[]}`, `[1, 2]`.
pub(crate) fn to_text(value: &Value) -> String {
    let mut out = String::new();
    print(value, 0, &mut out);
    out
}

fn print(value: &Value, depth: usize, out: &mut String) {
    if depth > MAX_VALUE_DEPTH {
        return;
    }
    match value {
        Value::String(text) => out.push_str(text),
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                print(item, depth + 1, out);
            }
            out.push(']');
        }
        Value::Object(object) => {
            out.push('{');
            for (at, (key, item)) in object.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                out.push_str(key);
                out.push('=');
                print(item, depth + 1, out);
            }
            out.push('}');
        }
        scalar => scalar.render(out),
    }
}

/// `Math.round`: half up, also below zero (`-1.5` is `-1`).
pub(crate) fn round(number: &Value) -> Option<i64> {
    match number {
        Value::Int(int) => Some(*int),
        Value::Float(float) if float.is_finite() => {
            // `floor(x + 0.5)` would be wrong for the double just below one half.
            let floor = float.floor();
            let up = float - floor >= 0.5;
            Some((if up { floor + 1.0 } else { floor }) as i64)
        }
        _ => None,
    }
}

/// `java.util.Random`: the 48-bit linear congruential generator its documentation specifies.
pub(crate) struct Random {
    seed: i64,
}

impl Random {
    const MASK: i64 = (1 << 48) - 1;
    const MULTIPLIER: i64 = 0x5_DEEC_E66D;

    pub(crate) fn new(seed: i64) -> Self {
        Self { seed: (seed ^ Self::MULTIPLIER) & Self::MASK }
    }

    fn next(&mut self, bits: u32) -> i32 {
        self.seed = self.seed.wrapping_mul(Self::MULTIPLIER).wrapping_add(0xB) & Self::MASK;
        (self.seed >> (48 - bits)) as i32
    }

    /// `nextInt(bound)`, for a bound above zero.
    fn below(&mut self, bound: i32) -> i32 {
        let mut bits = self.next(31);
        if bound & (bound - 1) == 0 {
            return ((i64::from(bound) * i64::from(bits)) >> 31) as i32;
        }
        // Draws that would favour the small numbers are thrown away; more than half are kept.
        while bits.wrapping_sub(bits % bound).wrapping_add(bound - 1) < 0 {
            bits = self.next(31);
        }
        bits % bound
    }

    /// A number from `start` to before `end`, as `Random.ints(start, end)` draws it.
    pub(crate) fn between(&mut self, start: i32, end: i32) -> i32 {
        match end.wrapping_sub(start) {
            width if width > 0 => start.wrapping_add(self.below(width)),
            // The range is wider than an `int`: at least half of all draws fall into it.
            _ => loop {
                let drawn = self.next(32);
                if (start..end).contains(&drawn) {
                    return drawn;
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_half_up_on_both_sides_of_zero() {
        for (float, int) in
            [(1.5, 2), (-1.5, -1), (-1.51, -2), (2.5, 3), (0.499_999_999_999_999_94, 0), (-0.5, 0)]
        {
            assert_eq!(round(&Value::Float(float)), Some(int), "{float}");
        }
        assert_eq!(round(&Value::Float(f64::NAN)), None);
    }

    #[test]
    fn the_generator_is_that_of_java() {
        // `new Random(42).nextInt(10)` thrice: the well-known 0, 3, 8.
        let mut random = Random::new(42);
        assert_eq!([random.below(10), random.below(10), random.below(10)], [0, 3, 8]);
        // `new Random(42).nextInt()`.
        assert_eq!(Random::new(42).next(32), -1_170_105_035);
        let wide = Random::new(1).between(i32::MIN, i32::MAX);
        assert!(wide < i32::MAX);
    }

    #[test]
    fn objects_print_as_java_maps() {
        let value =
            value::json::parse(r#"{"Arg1":1,"Arg2":[],"s":"x","n":null,"f":1.50}"#).unwrap();
        assert_eq!(to_text(&value), "{Arg1=1, Arg2=[], s=x, n=null, f=1.5}");
    }
}
