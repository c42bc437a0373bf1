//! The convener's interface, over a connection of its own for each request.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

/// Longest an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the server answered.
pub(crate) enum Answer {
    /// Done; the body if there is one.
    Done(Value),
    /// Refused, with the error's text.
    Refused(u16, String),
    /// Nothing, or not all of it: the server is gone.
    Lost,
}

impl Answer {
    /// For what must be answered.
    pub(crate) fn done(self) -> Result<Value> {
        match self {
            Self::Done(value) => Ok(value),
            Self::Refused(status, text) => bail!("{status}: {text}"),
            Self::Lost => bail!("the server did not answer"),
        }
    }
}

/// Asks; never fails, since a server that is gone is an answer here.
pub(crate) async fn ask(
    address: SocketAddr,
    key: &str,
    method: &str,
    path: &str,
    body: &str,
) -> Answer {
    let length = body.len();
    let request = format!(
        "{method} /api{path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\
         authorization: Bearer {key}\r\n\r\n{body}"
    );
    let answered = timeout(PATIENCE, exchange(address, &request)).await;
    answered.ok().and_then(Result::ok).unwrap_or(Answer::Lost)
}

async fn exchange(address: SocketAddr, request: &str) -> Result<Answer> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut bytes = Vec::new();
    // A reset after the answer is none of our business.
    let _ = stream.read_to_end(&mut bytes).await;
    let text = String::from_utf8(bytes)?;
    let (head, body) = text.split_once("\r\n\r\n").context("no whole head")?;
    let status: u16 = head.split(' ').nth(1).context("no status")?.parse()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse().ok())?
    });
    if length.unwrap_or(0) != body.len() {
        bail!("no whole body");
    }
    let value = match body {
        "" => Value::Null,
        body => serde_json::from_str(body)?,
    };
    Ok(match status {
        200..300 => Answer::Done(value),
        _ => Answer::Refused(
            status,
            value["text"].as_str().unwrap_or_default().to_owned(),
        ),
    })
}
