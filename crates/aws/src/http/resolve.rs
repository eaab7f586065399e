//! Host names to addresses, with a failure that can be told from all others.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::vec;

use hyper_util::client::legacy::connect::dns::Name;
use thiserror::Error;
use tower_service::Service;

/// A host without an address.
#[derive(Debug, Error)]
#[error("{host}: Name or service not known")]
pub(super) struct Unresolved {
    pub host: String,
    /// It has addresses, but none that may be called.
    pub is_private: bool,
    #[source]
    cause: Option<io::Error>,
}

/// Asks the operating system.
#[derive(Clone)]
pub(super) struct Resolver {
    /// Only public addresses count.
    pub public_only: bool,
}

impl Service<Name> for Resolver {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = Unresolved;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Unresolved>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Unresolved>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let public_only = self.public_only;
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found = tokio::net::lookup_host((host.as_str(), 0)).await;
            match found.map(Iterator::collect::<Vec<SocketAddr>>) {
                Ok(mut found) if !found.is_empty() => {
                    found.retain(|address| !public_only || is_public(address.ip()));
                    if found.is_empty() {
                        return Err(Unresolved { host, is_private: true, cause: None });
                    }
                    Ok(found.into_iter())
                }
                Ok(_) => Err(Unresolved { host, is_private: false, cause: None }),
                Err(cause) => Err(Unresolved { host, is_private: false, cause: Some(cause) }),
            }
        })
    }
}

/// The address that a host is, if it is one and no name.
pub(super) fn literal(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// Whether an address is in the public internet (IANA's registries of special-purpose addresses).
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_shared = a == 100 && (64..128).contains(&b);
    let is_protocol = (a, b, c) == (192, 0, 0);
    let is_benchmark = a == 198 && (b == 18 || b == 19);
    !(a == 0
        || a >= 224
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || is_shared
        || is_protocol
        || is_benchmark)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = address.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    // Only 2000::/3 is handed out. In it, 2001:db8::/32 is for documentation, and 2002::/16 and
    // 2001::/32 carry IPv4 addresses that are not seen here.
    let [a, b, ..] = address.segments();
    a & 0xe000 == 0x2000 && a != 0x2002 && !(a == 0x2001 && (b == 0 || b == 0xdb8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_addresses_are_public() {
        let public = |text: &str| is_public(literal(text).unwrap());
        for text in ["8.8.8.8", "100.63.0.1", "[2606:4700::1111]", "::ffff:8.8.8.8"] {
            assert!(public(text), "{text}");
        }
        for text in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.0.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "[::1]",
            "fd00:ec2::254",
            "fe80::1",
            "::ffff:169.254.169.254",
            "64:ff9b::7f00:1",
            "224.0.0.1",
            "2002:7f00:1::",
        ] {
            assert!(!public(text), "{text}");
        }
        assert_eq!(literal("localhost"), None);
    }
}
