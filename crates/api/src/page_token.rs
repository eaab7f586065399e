//! Pagination tokens: a place in a list, valid for one day and for the request that got it.
//!
//! A token names a position rather than an offset, so pages neither repeat nor skip what stays
//! while other things come and go.

use std::hash::{DefaultHasher, Hasher};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use value::Timestamp;

use crate::error::Error;

/// How long a token lives (API reference: "expires after 24 hours").
const LIFETIME_MS: i64 = 24 * 3600 * 1000;
/// The digest and the time of issue before the place.
const HEADER: usize = 16;

/// Makes and reads the tokens of one list request.
pub struct PageTokens {
    secret: [u8; 16],
    /// A digest of the operation and its other arguments.
    request: u64,
    now: Timestamp,
}

impl PageTokens {
    /// The tokens of a request for `operation` with these other `arguments`.
    pub fn new(secret: [u8; 16], operation: &str, arguments: &[&str], now: Timestamp) -> Self {
        let mut hasher = DefaultHasher::new();
        for part in [&[operation], arguments].concat() {
            hasher.write_usize(part.len());
            hasher.write(part.as_bytes());
        }
        Self { secret, request: hasher.finish(), now }
    }

    /// The token that leads to `place`.
    pub fn issue(&self, place: &str) -> String {
        let mut bytes = Vec::with_capacity(HEADER + place.len());
        bytes.extend(self.digest(self.now.0, place.as_bytes()).to_be_bytes());
        bytes.extend(self.now.0.to_be_bytes());
        bytes.extend(place.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The place that `token` leads to; `None` without a token.
    ///
    /// # Errors
    /// The token is made up, old, or of another request.
    pub fn read(&self, token: Option<&str>) -> Result<Option<String>, Error> {
        token.map(|token| self.place(token).ok_or(Error::InvalidToken)).transpose()
    }

    fn place(&self, token: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (digest, rest) = bytes.split_first_chunk::<8>()?;
        let (issued, place) = rest.split_first_chunk::<8>()?;
        let issued = i64::from_be_bytes(*issued);
        let age = self.now.0.checked_sub(issued)?;
        let known = self.digest(issued, place) == u64::from_be_bytes(*digest);
        (known && age <= LIFETIME_MS).then(|| String::from_utf8(place.to_vec()).ok())?
    }

    /// A keyed digest (SipHash over a secret first block): enough to tell tokens that were issued
    /// from ones made up, which is all that hangs on it.
    fn digest(&self, issued: i64, place: &[u8]) -> u64 {
        let mut hasher = DefaultHasher::new();
        hasher.write(&self.secret);
        hasher.write_u64(self.request);
        hasher.write_i64(issued);
        hasher.write(place);
        hasher.write(&self.secret);
        hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(argument: &str, now: i64) -> PageTokens {
        PageTokens::new([1; 16], "ListX", &[argument], Timestamp(now))
    }

    #[test]
    fn a_token_leads_back() {
        let token = tokens("a", 5).issue("place");
        assert_eq!(tokens("a", 5).read(Some(&token)).unwrap().as_deref(), Some("place"));
        assert_eq!(tokens("a", 5).read(None).unwrap(), None);
        let empty = tokens("a", 5).issue("");
        assert_eq!(tokens("a", LIFETIME_MS + 5).read(Some(&empty)).unwrap().as_deref(), Some(""));
    }

    #[test]
    fn others_are_refused() {
        let token = tokens("a", 5).issue("place");
        let mut forged = token.clone();
        forged.replace_range(0..1, if token.starts_with('A') { "B" } else { "A" });
        for (tokens, token) in [
            (tokens("b", 5), token.as_str()),
            (tokens("a", LIFETIME_MS + 6), &token),
            (tokens("a", 5), &forged),
            (tokens("a", 5), "InvalidToken"),
            (tokens("a", 5), "é"),
            (tokens("a", 5), ""),
        ] {
            assert!(matches!(tokens.read(Some(token)), Err(Error::InvalidToken)));
        }
    }
}
