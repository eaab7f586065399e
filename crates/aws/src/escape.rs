//! Percent-encoding as RFC 3986 and Signature Version 4 want it.

/// Percent-encodes everything but unreserved characters.
pub fn component(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    encode(text, b"", &mut out);
    out
}

/// Percent-encodes everything but unreserved characters and `/`.
pub fn path(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    encode(text, b"/", &mut out);
    out
}

fn encode(text: &str, kept: &[u8], out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || kept.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(DIGITS[usize::from(byte >> 4)]));
            out.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
}

/// `a=1&b=2`, both sides percent-encoded.
pub fn query(pairs: &[(String, String)]) -> String {
    let mut out = String::new();
    for (key, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        encode(key, b"", &mut out);
        out.push('=');
        encode(value, b"", &mut out);
    }
    out
}

/// Percent-decodes; what is not an encoding stays.
pub fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let digits = bytes.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        let decoded = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match decoded.filter(|_| byte == b'%') {
            Some(decoded) => {
                out.push(decoded);
                at += 3;
            }
            None => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
