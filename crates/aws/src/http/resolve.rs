//! Host names to addresses, with a failure that can be told from all others.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
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
    #[source]
    cause: Option<io::Error>,
}

/// Asks the operating system.
#[derive(Clone)]
pub(super) struct Resolver;

impl Service<Name> for Resolver {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = Unresolved;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Unresolved>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Unresolved>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found = tokio::net::lookup_host((host.as_str(), 0)).await;
            match found.map(Iterator::collect::<Vec<SocketAddr>>) {
                Ok(found) if !found.is_empty() => Ok(found.into_iter()),
                Ok(_) => Err(Unresolved { host, cause: None }),
                Err(cause) => Err(Unresolved { host, cause: Some(cause) }),
            }
        })
    }
}
