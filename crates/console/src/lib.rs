//! Serves the web console's files from memory, with the headers that keep a browser strict.
//!
//! This crate knows no HTTP framework: the server asks for a path and is handed bytes.

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// One file of the built console, with its precompressed forms.
struct File {
    path: &'static str,
    tag: &'static str,
    plain: &'static [u8],
    gzip: Option<&'static [u8]>,
    brotli: Option<&'static [u8]>,
}

/// What to answer to a browser that asks for a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// `Content-Type`.
    pub content_type: &'static str,
    /// `Content-Encoding`, when the body is compressed. The answer then needs `Vary: Accept-Encoding`.
    pub encoding: Option<&'static str>,
    /// The name holds a hash of the content: the file may be cached for ever.
    pub immutable: bool,
    /// A strong `ETag`, quotes included; it differs between encodings, as RFC 9110 §8.8.3.3 asks.
    pub etag: String,
    /// The bytes to send.
    pub body: &'static [u8],
}

impl Asset {
    /// The value of `Cache-Control` that suits this file.
    #[must_use]
    pub const fn cache_control(&self) -> &'static str {
        if self.immutable { "public, max-age=31536000, immutable" } else { "no-cache" }
    }
}

/// The page served when the console was not built.
const ABSENT: File = File {
    path: "index.html",
    tag: "absent",
    plain: include_bytes!("absent.html"),
    gzip: None,
    brotli: None,
};

/// Headers for every console answer.
///
/// Nothing may be loaded from, sent to or framed by another origin, and no markup can run script:
/// definitions and payloads are other people's text. `Cross-Origin-Resource-Policy` keeps other
/// origins from embedding answers. `blob:` images are the graph on its way to a PNG.
#[must_use]
pub const fn security_headers() -> &'static [(&'static str, &'static str)] {
    &[
        (
            "content-security-policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; \
             connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
             require-trusted-types-for 'script'; trusted-types 'none'",
        ),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), microphone=(), geolocation=(), usb=(), payment=()"),
    ]
}

/// The file at `path` (with or without its leading slash; no query), in the best encoding that
/// `accept_encoding` (the request header, or `""`) allows.
///
/// A path that names no file is a view of the single-page app and answers `index.html`; a missing
/// file that has an extension, or lies under `assets/`, answers `None`.
#[must_use]
pub fn asset(path: &str, accept_encoding: &str) -> Option<Asset> {
    let path = path.trim_start_matches('/');
    let path = if path.is_empty() { "index.html" } else { path };
    let file = match FILES.iter().find(|file| file.path == path) {
        Some(file) => file,
        None if is_view(path) => {
            FILES.iter().find(|file| file.path == "index.html").unwrap_or(&ABSENT)
        }
        None => return None,
    };
    Some(answer(file, accept_encoding))
}

/// Whether a path that is no file can be a view of the app: ARNs are part of those, so a dot alone
/// does not make a file name.
fn is_view(path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    let is_file =
        last.rsplit_once('.').is_some_and(|(_, extension)| content_type_of(extension).is_some());
    path == "index.html" || !(path.starts_with("assets/") || is_file && !last.contains(':'))
}

fn answer(file: &File, accept_encoding: &str) -> Asset {
    let (encoding, body) = match (file.brotli, file.gzip) {
        (Some(body), _) if accepts(accept_encoding, "br") => (Some("br"), body),
        (_, Some(body)) if accepts(accept_encoding, "gzip") => (Some("gzip"), body),
        _ => (None, file.plain),
    };
    let extension = file.path.rsplit('.').next().unwrap_or_default();
    Asset {
        content_type: content_type_of(extension).unwrap_or("application/octet-stream"),
        encoding,
        immutable: file.path.starts_with("assets/"),
        etag: format!(
            "\"{}{}\"",
            file.tag,
            encoding.map_or("", |name| if name == "br" { "-br" } else { "-gz" })
        ),
        body,
    }
}

/// Whether an `Accept-Encoding` header names `coding` without refusing it (`q=0`).
fn accepts(header: &str, coding: &str) -> bool {
    header.split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
        let refused = parts.any(|part| {
            part.strip_prefix("q=")
                .is_some_and(|quality| quality.trim_matches(['0', '.']).is_empty())
        });
        named && !refused
    })
}

fn content_type_of(extension: &str) -> Option<&'static str> {
    Some(match extension {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_view_answers_the_page() {
        for path in [
            "",
            "/",
            "/machines",
            "/executions/arn:aws:states:us-east-1:000000000000:execution:a.json:b.js",
        ] {
            let page = asset(path, "").map(|asset| (asset.content_type, asset.immutable));
            assert_eq!(page, Some(("text/html; charset=utf-8", false)), "{path}");
        }
    }

    #[test]
    fn a_missing_file_is_missing() {
        assert_eq!(asset("/assets/gone.js", ""), None);
        assert_eq!(asset("/robots.txt", ""), None);
    }

    #[test]
    fn encodings_are_negotiated() {
        static FILE: File = File {
            path: "assets/a.js",
            tag: "1",
            plain: b"plain",
            gzip: Some(b"gzip"),
            brotli: Some(b"br"),
        };
        let body = |header| answer(&FILE, header).body;
        assert_eq!(body("gzip, deflate, br"), b"br");
        assert_eq!(body("gzip;q=1.0, br;q=0"), b"gzip");
        assert_eq!(body("br;q=0.000, gzip;q=0"), b"plain");
        assert_eq!(body(""), b"plain");
        assert_eq!(answer(&FILE, "br").etag, "\"1-br\"");
        assert!(answer(&FILE, "br").immutable);
    }

    #[test]
    fn the_policy_lets_no_other_origin_in() {
        let policy = security_headers().iter().find(|(name, _)| *name == "content-security-policy");
        let policy = policy.map_or("", |(_, value)| *value);
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
        assert!(!policy.contains("unsafe") && !policy.contains("http"));
    }
}
