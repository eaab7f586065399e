//! Reading the body of a request, within limits of size and time.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body as _, Incoming};
use tokio::time::timeout;

use crate::error::Error;

/// Largest body that is read. AWS takes 1 MB; a definition of that size is larger when it is
/// written as a JSON string.
pub const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;
/// How long a body may take to arrive; ours.
const BODY_TIME: Duration = Duration::from_secs(60);

/// The whole body.
///
/// # Errors
/// It is too large, too slow, or breaks off.
pub async fn read(body: Incoming) -> Result<Bytes, Error> {
    if body.size_hint().lower() > MAX_BODY_BYTES as u64 {
        return Err(Error::RequestTooLarge);
    }
    let mut collecting = pin!(collect(body));
    // Nearly every body is there already; only one that is not needs a timer.
    let now = poll_fn(|context| Poll::Ready(collecting.as_mut().poll(context))).await;
    if let Poll::Ready(body) = now {
        return body;
    }
    let slow = || Error::Serialization("The request did not arrive in time".into());
    timeout(BODY_TIME, collecting).await.map_err(|_| slow())?
}

async fn collect(mut body: Incoming) -> Result<Bytes, Error> {
    let first = data(&mut body).await?;
    // Nearly every request comes in one piece, which is then not copied.
    let Some(second) = next(&mut body).await? else { return Ok(first) };
    let mut whole = BytesMut::with_capacity(first.len() + second.len());
    whole.extend_from_slice(&first);
    let mut piece = second;
    loop {
        if whole.len() + piece.len() > MAX_BODY_BYTES {
            return Err(Error::RequestTooLarge);
        }
        whole.extend_from_slice(&piece);
        match next(&mut body).await? {
            Some(more) => piece = more,
            None => return Ok(whole.freeze()),
        }
    }
}

async fn data(body: &mut Incoming) -> Result<Bytes, Error> {
    Ok(next(body).await?.unwrap_or_default())
}

async fn next(body: &mut Incoming) -> Result<Option<Bytes>, Error> {
    while !body.is_end_stream() {
        let Some(frame) = body.frame().await else { return Ok(None) };
        let frame = frame.map_err(|_| Error::Serialization("The request breaks off".into()))?;
        if let Ok(data) = frame.into_data() {
            return Ok(Some(data));
        }
    }
    Ok(None)
}
