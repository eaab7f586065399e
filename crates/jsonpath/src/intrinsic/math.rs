//! `States.Math…`.

use value::Value;

use super::function::Arguments;
use crate::Host;
use crate::java::Random;

/// `States.MathAdd(a, b)`.
pub(super) fn add(given: Arguments<'_>) -> Result<Value, String> {
    Ok(Value::Int(i64::from(given.int(0)?) + i64::from(given.int(1)?)))
}

/// `States.MathRandom(start, end[, seed])`, `end` excluded.
///
/// Not verified on AWS: that a seed draws as `java.util.Random(seed).ints(start, end)` does. That
/// the same seed always draws the same number is documented.
pub(super) fn random(given: Arguments<'_>, host: &mut dyn Host) -> Result<Value, String> {
    let (start, end) = (given.int(0)?, given.int(1)?);
    if start >= end {
        return Err("The first argument must be less than the second".to_owned());
    }
    if given.get(2).is_some() {
        let seed = given.integer(2)?;
        return Ok(Value::Int(Random::new(seed).between(start, end).into()));
    }
    let width = f64::from(end) - f64::from(start);
    let drawn = (host.random() * width).floor().clamp(0.0, width - 1.0);
    Ok(Value::Int(i64::from(start) + drawn as i64))
}
