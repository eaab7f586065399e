//! A client that costs little: one kept connection, requests written whole, answers read by their
//! length.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use value::{Value, json};

use crate::Error;

/// A connection to the server.
pub(crate) struct Client {
    stream: TcpStream,
    host: String,
    request: Vec<u8>,
    answer: Vec<u8>,
}

impl Client {
    /// Connects to `host:port`.
    pub async fn connect(host: &str) -> Result<Self, Error> {
        let stream = TcpStream::connect(host).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, host: host.to_owned(), request: Vec::new(), answer: Vec::new() })
    }

    /// Does an operation of the API; its answer's body.
    pub async fn call(&mut self, operation: &str, body: &str) -> Result<&str, Error> {
        self.request.clear();
        let (host, length) = (&self.host, body.len());
        self.request.extend_from_slice(
            format!(
                "POST / HTTP/1.1\r\nHost: {host}\r\nX-Amz-Target: AWSStepFunctions.{operation}\r\n\
                 Content-Type: application/x-amz-json-1.0\r\nContent-Length: {length}\r\n\r\n{body}"
            )
            .as_bytes(),
        );
        self.exchange().await
    }

    /// Does an operation and reads its answer.
    pub async fn value(&mut self, operation: &str, body: &str) -> Result<Value, Error> {
        let answer = self.call(operation, body).await?;
        json::parse(answer)
            .map_err(|error| format!("{operation} answered {answer}: {error}").into())
    }

    /// Does an operation; the text of one member of its answer.
    pub async fn text(
        &mut self,
        operation: &str,
        body: &str,
        member: &str,
    ) -> Result<String, Error> {
        let answer = self.value(operation, body).await?;
        match answer.get(member).and_then(Value::as_str) {
            Some(text) => Ok(text.to_owned()),
            None => Err(format!("{operation} answered no {member}: {}", answer.to_json()).into()),
        }
    }

    /// Reads a page.
    pub async fn get(&mut self, path: &str) -> Result<&str, Error> {
        self.request.clear();
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.host);
        self.request.extend_from_slice(request.as_bytes());
        self.exchange().await
    }

    async fn exchange(&mut self) -> Result<&str, Error> {
        self.stream.write_all(&self.request).await?;
        self.answer.clear();
        let (head, whole) = loop {
            if self.stream.read_buf(&mut self.answer).await? == 0 {
                return Err("the server closed the connection".into());
            }
            if let Some(found) = extent(&self.answer)? {
                break found;
            }
        };
        while self.answer.len() < whole {
            if self.stream.read_buf(&mut self.answer).await? == 0 {
                return Err("the server closed the connection within an answer".into());
            }
        }
        let text = std::str::from_utf8(&self.answer)?;
        let body = text.get(head..whole).unwrap_or_default();
        match text.get(9..12) {
            Some("200") => Ok(body),
            status => Err(format!("the server answered {}: {body}", status.unwrap_or("?")).into()),
        }
    }
}

/// How long the head of an answer is, and the whole answer, once the head is there.
fn extent(answer: &[u8]) -> Result<Option<(usize, usize)>, Error> {
    let Some(end) = answer.windows(4).position(|window| window == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(answer.get(..end).unwrap_or_default())?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    match length {
        Some(length) => Ok(Some((end + 4, end + 4 + length))),
        None => Err(format!("an answer without a length: {head}").into()),
    }
}
