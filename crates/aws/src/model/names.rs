//! The names that AWS's Java SDK makes of a model's names, which are the names users see.
//!
//! Step Functions calls through the Java SDK and shows its spelling: RDS's `DBInstanceIdentifier`
//! is `DbInstanceIdentifier`, but S3's `ChecksumCRC32` stays (recorded), and a member called
//! `Equals` is `EqualsValue` because every Java object has a method of that name.

use smol_str::SmolStr;

/// Words that a Java method or variable cannot be called.
const RESERVED: [&str; 62] = [
    "abstract",
    "assert",
    "boolean",
    "break",
    "byte",
    "case",
    "catch",
    "char",
    "class",
    "clone",
    "const",
    "continue",
    "default",
    "do",
    "double",
    "else",
    "enum",
    "equals",
    "extends",
    "false",
    "final",
    "finalize",
    "finally",
    "float",
    "for",
    "getClass",
    "goto",
    "hashCode",
    "if",
    "implements",
    "import",
    "instanceof",
    "int",
    "interface",
    "long",
    "native",
    "new",
    "notify",
    "notifyAll",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "short",
    "static",
    "strictfp",
    "super",
    "switch",
    "synchronized",
    "this",
    "throw",
    "throws",
    "toString",
    "transient",
    "true",
    "try",
    "void",
    "volatile",
    "wait",
    "while",
];

/// A member's name as parameters and results spell it.
///
/// DynamoDB's `NULL` is `nul()` in that SDK, `BOOL` is `bool()` (reported as `Bool` by users of
/// `aws-sdk:dynamodb:query`: aws-sdk-js#4294).
pub fn exposed(member: &str) -> SmolStr {
    if member == "NULL" {
        return SmolStr::new_static("Nul");
    }
    let mut name = uncapitalize(member);
    if RESERVED.binary_search(&name.as_str()).is_ok() {
        name.push_str("Value");
    }
    capitalize(&name).into()
}

/// The name of an error's exception: `ParameterNotFound` is `ParameterNotFoundException`,
/// `DBInstanceNotFoundFault` is `DbInstanceNotFoundException`.
pub fn exception(shape: &str) -> SmolStr {
    let stem = shape.strip_suffix("Fault").or_else(|| shape.strip_suffix("Exception"));
    let mut name: String = words(stem.filter(|stem| !stem.is_empty()).unwrap_or(shape))
        .iter()
        .map(|word| capitalize(&word.to_ascii_lowercase()))
        .collect();
    name.push_str("Exception");
    name.into()
}

/// An operation's name as a resource spells it: the first letter in lower case.
pub fn action(operation: &str) -> SmolStr {
    let mut chars = operation.chars();
    match chars.next() {
        Some(first) => format!("{}{}", first.to_ascii_lowercase(), chars.as_str()).into(),
        None => SmolStr::default(),
    }
}

/// With the first letter in upper case.
pub fn capitalize(name: &str) -> String {
    let mut chars = name.chars();
    match chars.next() {
        Some(first) => format!("{}{}", first.to_ascii_uppercase(), chars.as_str()),
        None => String::new(),
    }
}

/// Puts the leading acronym in lower case: `DBInstance` → `dbInstance`, `ETag` → `eTag`.
fn uncapitalize(name: &str) -> String {
    let bytes = name.as_bytes();
    let upper = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_uppercase);
    let lower = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_lowercase);
    let mut end = 1;
    while upper(end) && !lower(end + 1) {
        end += 1;
    }
    let Some((head, tail)) = name.split_at_checked(end) else { return name.to_owned() };
    head.to_ascii_lowercase() + tail
}

/// The words of a name: `DBInstanceNotFound` → `DB Instance Not Found`.
fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = vec![String::new()];
    for (at, &this) in chars.iter().enumerate() {
        if !this.is_ascii_alphanumeric() {
            words.push(String::new());
            continue;
        }
        let before = at.checked_sub(1).and_then(|at| chars.get(at)).copied().unwrap_or(' ');
        let after = chars.get(at + 1).copied().unwrap_or(' ');
        let starts = (before.is_ascii_lowercase()
            && this.is_ascii_uppercase()
            && after.is_ascii_alphanumeric())
            || (before.is_ascii_uppercase()
                && this.is_ascii_uppercase()
                && after.is_ascii_lowercase())
            || (before.is_ascii_digit() && this.is_ascii_alphabetic());
        if starts {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(this);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members() {
        for (model, shown) in [
            ("DBInstanceIdentifier", "DbInstanceIdentifier"),
            ("ChecksumCRC32", "ChecksumCRC32"),
            ("ETag", "ETag"),
            ("jobName", "JobName"),
            ("MD5OfMessageBody", "Md5OfMessageBody"),
            ("SSEKMSKeyId", "SsekmsKeyId"),
            ("Equals", "EqualsValue"),
            ("S", "S"),
            ("NULL", "Nul"),
            ("BOOL", "Bool"),
            ("SS", "Ss"),
            ("return", "ReturnValue"),
        ] {
            assert_eq!(exposed(model), shown, "{model}");
        }
        assert!(RESERVED.is_sorted());
    }

    #[test]
    fn exceptions() {
        for (model, shown) in [
            ("NoSuchKey", "NoSuchKeyException"),
            ("NotFoundException", "NotFoundException"),
            ("DBInstanceNotFoundFault", "DbInstanceNotFoundException"),
            ("ParameterNotFound", "ParameterNotFoundException"),
            ("ServiceQuotaExceededException", "ServiceQuotaExceededException"),
            ("KMSInvalidStateException", "KmsInvalidStateException"),
        ] {
            assert_eq!(exception(model), shown, "{model}");
        }
    }
}
