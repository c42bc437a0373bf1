//! HTTP on one stream, 1.1 or 2, until its peer ends it, is silent or idle for too long, or the server
//! stops.

use std::{convert::Infallible, time::Duration};

use axum::response::Response;
use hyper::{Request, body::Incoming};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::watch,
    time::timeout,
};
use tower::Service;

use super::{PATIENCE, lively::Lively, rest::Use};

/// Longest a connection may rest without a byte either way; then it is closed. Longer than the pings
/// of HTTP/2 below and of `signal` are apart.
const QUIET_MAX: Duration = Duration::from_secs(30);
/// Longest an HTTP connection is kept without a request; a browser that wants another makes another.
const REST_MAX: Duration = Duration::from_secs(75);
/// Then what is still being read of the last answer may take so long.
const LAST_ANSWER_MAX: Duration = Duration::from_secs(300);

pub(super) async fn serve<S, W>(stream: S, service: W, stop: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    W: Service<Request<Incoming>, Response = Response, Error = Infallible>,
    W: Clone + Send + 'static,
    W::Future: Send + 'static,
{
    serve_resting(stream, service, stop, REST_MAX).await;
}

/// As [`serve`], with the longest rest.
async fn serve_resting<S, W>(
    stream: S,
    service: W,
    mut stop: watch::Receiver<bool>,
    rest_max: Duration,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    W: Service<Request<Incoming>, Response = Response, Error = Infallible>,
    W: Clone + Send + 'static,
    W::Future: Send + 'static,
{
    let used = Use::none();
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Some(Duration::from_secs(20)))
        .max_concurrent_streams(64);
    let connection = builder.serve_connection_with_upgrades(
        TokioIo::new(Lively::new(stream, QUIET_MAX)),
        TowerToHyperService::new(used.of(service)),
    );
    tokio::pin!(connection);
    // Errors here are the peer's: it went away or did not speak HTTP.
    let longest = tokio::select! {
        _ = connection.as_mut() => return,
        _ = stop.changed() => PATIENCE,
        () = used.rested_for(rest_max) => LAST_ANSWER_MAX,
    };
    connection.as_mut().graceful_shutdown();
    let _ = timeout(longest, connection).await;
}

#[cfg(test)]
mod tests {
    use axum::{Router, routing::get};
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex},
        time::Instant,
    };

    use super::*;

    const REST: Duration = Duration::from_millis(400);
    const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    /// RFC 9113, 6: a head of length, type, flags and stream.
    const SETTINGS: [u8; 9] = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    const PING: u8 = 6;
    const GOAWAY: u8 = 7;
    const ACK: u8 = 1;

    fn served() -> (DuplexStream, watch::Sender<bool>) {
        let (ours, theirs) = duplex(64 * 1024);
        let (stop, stopped) = watch::channel(false);
        let router = Router::new().route("/", get(|| async { "here" }));
        tokio::spawn(serve_resting(theirs, router, stopped, REST));
        (ours, stop)
    }

    /// Answers pings as long as there is a connection; whether the server said goodbye.
    async fn only_answers_pings(mut stream: DuplexStream) -> bool {
        let mut goodbye = false;
        let mut head = [0; 9];
        while stream.read_exact(&mut head).await.is_ok() {
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
            let mut body = vec![0; length as usize];
            stream.read_exact(&mut body).await.unwrap();
            goodbye |= head[3] == GOAWAY;
            if head[3] == PING && head[4] & ACK == 0 {
                let answer = [&[0, 0, 8, PING, ACK, 0, 0, 0, 0][..], &body].concat();
                if stream.write_all(&answer).await.is_err() {
                    break;
                }
            }
        }
        goodbye
    }

    #[tokio::test]
    async fn an_idle_http2_connection_that_answers_pings_is_ended() {
        let (mut stream, _stop) = served();
        stream.write_all(PREFACE).await.unwrap();
        stream.write_all(&SETTINGS).await.unwrap();
        let start = Instant::now();
        let ended = timeout(Duration::from_secs(20), only_answers_pings(stream)).await;
        assert_eq!(ended, Ok(true), "it lives for ever");
        assert!(start.elapsed() >= REST);
    }

    #[tokio::test]
    async fn a_connection_that_is_used_now_and_then_stays() {
        let (mut stream, _stop) = served();
        for _ in 0..8 {
            let request = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";
            stream.write_all(request).await.unwrap();
            let mut answer = [0; 1024];
            let read = stream.read(&mut answer).await.unwrap();
            assert!(answer[..read].starts_with(b"HTTP/1.1 200"));
            tokio::time::sleep(REST / 4).await;
        }
    }
}
