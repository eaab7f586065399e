//! The functions: one table of names, signatures and implementations.

pub(crate) mod array;
pub(crate) mod aws;
pub(crate) mod datetime;
pub(crate) mod encoding;
pub(crate) mod format_number;
pub(crate) mod general;
pub(crate) mod higher_order;
pub(crate) mod matcher;
pub(crate) mod numeric;
pub(crate) mod object;
pub(crate) mod replace;
pub(crate) mod string;

use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;
use std::sync::LazyLock;

use crate::error::Fault;
use crate::eval::Evaluator;
use crate::eval::function::Function;
use crate::signature::Signature;
use crate::val::{Val, View};

/// What implements a function: it gets arguments that fit its signature.
type Implementation = fn(&mut Evaluator<'_>, &[Val]) -> Result<Val, Fault>;

/// A function of JSONata or of AWS.
pub(crate) struct Builtin {
    pub name: &'static str,
    /// How many parameters it declares; decides what callers of callbacks pass.
    pub arity: usize,
    pub signature: Signature,
    pub run: Implementation,
}

impl fmt::Debug for Builtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${}", self.name)
    }
}

/// Name, signature, number of parameters, implementation.
const TABLE: &[(&str, &str, usize, Implementation)] = &[
    ("sum", "<a<n>:n>", 1, numeric::sum),
    ("count", "<a:n>", 1, array::count),
    ("max", "<a<n>:n>", 1, numeric::max),
    ("min", "<a<n>:n>", 1, numeric::min),
    ("average", "<a<n>:n>", 1, numeric::average),
    ("string", "<x-b?:s>", 1, string::string),
    ("substring", "<s-nn?:s>", 3, string::substring),
    ("substringBefore", "<s-s:s>", 2, string::substring_before),
    ("substringAfter", "<s-s:s>", 2, string::substring_after),
    ("lowercase", "<s-:s>", 1, string::lowercase),
    ("uppercase", "<s-:s>", 1, string::uppercase),
    ("length", "<s-:n>", 1, string::length),
    ("trim", "<s-:s>", 1, string::trim),
    ("pad", "<s-ns?:s>", 3, string::pad),
    ("match", "<s-f<s:o>n?:a<o>>", 3, matcher::find),
    ("contains", "<s-(sf):b>", 2, matcher::contains),
    ("replace", "<s-(sf)(sf)n?:s>", 4, replace::replace),
    ("split", "<s-(sf)n?:a<s>>", 3, matcher::split),
    ("join", "<a<s>s?:s>", 2, string::join),
    ("formatNumber", "<n-so?:s>", 3, format_number::format_number),
    ("formatBase", "<n-n?:s>", 2, numeric::format_base),
    ("formatInteger", "<n-s:s>", 2, datetime::format_integer),
    ("parseInteger", "<s-s:n>", 2, datetime::parse_integer),
    ("number", "<(nsb)-:n>", 1, numeric::number),
    ("floor", "<n-:n>", 1, numeric::floor),
    ("ceil", "<n-:n>", 1, numeric::ceil),
    ("round", "<n-n?:n>", 2, numeric::round),
    ("abs", "<n-:n>", 1, numeric::abs),
    ("sqrt", "<n-:n>", 1, numeric::sqrt),
    ("power", "<n-n:n>", 2, numeric::power),
    ("boolean", "<x-:b>", 1, general::boolean),
    ("not", "<x-:b>", 1, general::not),
    ("map", "<af>", 2, higher_order::map),
    ("zip", "<a+>", 0, array::zip),
    ("filter", "<af>", 2, higher_order::filter),
    ("single", "<af?>", 2, higher_order::single),
    ("reduce", "<afj?:j>", 3, higher_order::reduce),
    ("sift", "<o-f?:o>", 2, higher_order::sift),
    ("each", "<o-f:a>", 2, higher_order::each),
    ("keys", "<x-:a<s>>", 1, object::keys),
    ("lookup", "<x-s:x>", 2, object::lookup),
    ("append", "<xx:a>", 2, array::append),
    ("exists", "<x:b>", 1, general::exists),
    ("spread", "<x-:a<o>>", 1, object::spread),
    ("merge", "<a<o>:o>", 1, object::merge),
    ("reverse", "<a:a>", 1, array::reverse),
    ("error", "<s?:x>", 1, general::error),
    ("assert", "<bs?:x>", 2, general::assert),
    ("type", "<x:s>", 1, general::type_of),
    ("sort", "<af?:a>", 2, array::sort),
    ("shuffle", "<a:a>", 1, array::shuffle),
    ("distinct", "<x:x>", 1, array::distinct),
    ("base64encode", "<s-:s>", 1, encoding::base64encode),
    ("base64decode", "<s-:s>", 1, encoding::base64decode),
    ("encodeUrlComponent", "<s-:s>", 1, encoding::encode_url_component),
    ("encodeUrl", "<s-:s>", 1, encoding::encode_url),
    ("decodeUrlComponent", "<s-:s>", 1, encoding::decode_url_component),
    ("decodeUrl", "<s-:s>", 1, encoding::decode_url),
    ("toMillis", "<s-s?:n>", 2, datetime::to_millis),
    ("fromMillis", "<n-s?s?:s>", 3, datetime::from_millis),
    ("now", "<s?s?:s>", 2, datetime::now),
    ("millis", "<:n>", 0, datetime::millis),
    ("clone", "<(oa)-:o>", 1, object::clone),
    // AWS's own.
    ("random", "<n?:n>", 0, aws::random),
    ("partition", "<xn?:a>", 2, aws::partition),
    ("range", "<nnn?:a>", 3, aws::range),
    ("hash", "<ss?:s>", 2, aws::hash),
    ("uuid", "<:s>", 0, aws::uuid),
    ("parse", "<s?:x>", 1, aws::parse),
];

static BUILTINS: LazyLock<HashMap<&'static str, Builtin>> = LazyLock::new(|| {
    let builtin = |(name, signature, arity, run): &(&'static str, &str, usize, Implementation)| {
        // The signatures above parse; a test holds them to it.
        let signature = Signature::parse(signature).unwrap_or_default();
        (*name, Builtin { name, arity: *arity, signature, run: *run })
    };
    TABLE.iter().map(builtin).collect()
});

static TRANSFORM: LazyLock<Signature> =
    LazyLock::new(|| Signature::parse("<(oa):o>").unwrap_or_default());

/// The name and signature of every function.
pub fn functions() -> impl ExactSizeIterator<Item = (&'static str, &'static str)> {
    TABLE.iter().map(|(name, signature, ..)| (*name, *signature))
}

/// The function called `name`.
pub(crate) fn builtin(name: &str) -> Option<&'static Builtin> {
    BUILTINS.get(name)
}

/// What a transform takes.
pub(crate) fn transform_signature() -> &'static Signature {
    &TRANSFORM
}

/// The argument at `at`, or nothing.
pub(crate) fn argument(arguments: &[Val], at: usize) -> View<'_> {
    arguments.get(at).map_or(View::Undefined, Val::view)
}

/// The text at `at`; nothing if there is none.
pub(crate) fn text(arguments: &[Val], at: usize) -> Option<&str> {
    argument(arguments, at).as_str()
}

/// The number at `at`; nothing if there is none.
pub(crate) fn number(arguments: &[Val], at: usize) -> Option<f64> {
    argument(arguments, at).as_f64()
}

/// The function at `at`; nothing if there is none.
pub(crate) fn callback(arguments: &[Val], at: usize) -> Option<&Rc<Function>> {
    match arguments.get(at) {
        Some(Val::Function(function)) => Some(function),
        _ => None,
    }
}

/// A computed number.
pub(crate) fn number_val(number: f64) -> Val {
    Val::Json(crate::number::value(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_signature_of_the_table_parses() {
        for (name, signature, ..) in TABLE {
            assert!(Signature::parse(signature).is_ok(), "{name}");
        }
    }
}
