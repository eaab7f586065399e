//! Keeps pages of other origins from making the server act through somebody's browser.

use std::net::IpAddr;

use hyper::header::{self, HeaderMap, HeaderName};
use smol_str::SmolStr;

use crate::error::Error;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses a request that a browser sends for a page of another origin, or for one whose name was
/// made to point here (DNS rebinding). A signed request is neither: a page cannot sign without
/// asking first, and that is never answered.
///
/// # Errors
/// `AccessDeniedException`
pub fn check(headers: &HeaderMap, names: &[SmolStr]) -> Result<(), Error> {
    let text = |name: HeaderName| match headers.get(name) {
        Some(value) => Some(value.to_str().unwrap_or("?")),
        None => None,
    };
    if text(FETCH_SITE).is_some_and(|site| site != "same-origin" && site != "none") {
        return Err(Error::Forbidden("Pages of another origin may not ask for this."));
    }
    let host = text(header::HOST).unwrap_or("localhost");
    if let Some(origin) = text(header::ORIGIN) {
        let of_origin = origin.split_once("://").map(|(_, host)| host);
        if !of_origin.is_some_and(|it| it.eq_ignore_ascii_case(host)) {
            return Err(Error::Forbidden("Pages of another origin may not ask for this."));
        }
    }
    if is_own(host, names) {
        return Ok(());
    }
    Err(Error::Forbidden(
        "Unsigned requests are answered at IP addresses, at localhost and at the names of the \
         configuration only.",
    ))
}

/// Whether `host` is a name that only the operator can have given to this server.
fn is_own(host: &str, names: &[SmolStr]) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|it| it.is_ascii_digit()) => name,
        _ => host,
    };
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    // Clients prepend this for StartSyncExecution.
    let name = name.strip_prefix("sync-").unwrap_or(name).to_ascii_lowercase();
    bare.parse::<IpAddr>().is_ok()
        || name.parse::<IpAddr>().is_ok()
        || name == "localhost"
        || name.ends_with(".localhost")
        || names.iter().any(|own| own.eq_ignore_ascii_case(&name))
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    fn allowed(headers: &[(&'static str, &'static str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, HeaderValue::from_static(value));
        }
        check(&map, &["flows.example".into()]).is_ok()
    }

    #[test]
    fn only_the_own_origin_is_let_in() {
        for host in ["127.0.0.1:80", "[::1]:8083", "localhost", "sync-localhost:1", "a.localhost"] {
            let map = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(host))]);
            assert!(check(&map, &[]).is_ok(), "{host}");
        }
        assert!(allowed(&[("host", "Flows.Example:80")]));
        assert!(!allowed(&[("host", "attacker.test")]));
        assert!(!allowed(&[("host", "localhost.attacker.test:80")]));
        assert!(allowed(&[("host", "127.0.0.1:1"), ("origin", "http://127.0.0.1:1")]));
        for origin in ["http://localhost:1", "http://127.0.0.1:2", "null"] {
            assert!(!allowed(&[("host", "127.0.0.1:1"), ("origin", origin)]), "{origin}");
        }
        assert!(allowed(&[("sec-fetch-site", "same-origin")]));
        assert!(allowed(&[("sec-fetch-site", "none")]));
        for site in ["cross-site", "same-site"] {
            assert!(!allowed(&[("sec-fetch-site", site)]), "{site}");
        }
    }
}
