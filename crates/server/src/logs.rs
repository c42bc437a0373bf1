//! The log: what happened, to whom by number, never by name.
//!
//! No names, keys, tokens, SDP or addresses of people reach it: the types that hold them have no
//! plain `Debug`. As a second fence each line is searched for addresses and secrets before it is
//! written ([`redact`]), because libraries log too; and no kind of line is written without end
//! ([`limit`]), because they log what strangers send.

mod limit;
mod redact;

use std::io::{self, Write};

use tracing_subscriber::{
    EnvFilter, Layer as _, filter::FilterExt as _, fmt::MakeWriter, layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use crate::config::{Log, LogFormat};
pub use limit::BURST;
use limit::Limit;
pub use redact::redact;

/// Libraries say little of use below this, and some of it is about peers.
const QUIET: &str = "str0m=warn,dimpl=warn,is=warn,sqlx=warn,hyper=warn,hyper_util=warn,h2=warn,\
rustls=error,rustls_acme=info,tungstenite=warn,memory_serve=warn,async_web_client=warn";

/// Begins logging to standard error. To be called once, by `main`.
pub fn init(log: &Log) -> Result<(), String> {
    init_with(log, io::stderr)
}

/// As [`init`], to any writer.
pub fn init_with<W>(log: &Log, writer: W) -> Result<(), String>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(format!("{QUIET},{}", log.filter))
        .map_err(|error| format!("`log.filter` is not a level or directives: {error}"))?;
    let filter = filter.and(Limit::new());
    let lines = tracing_subscriber::fmt::layer()
        .with_target(true)
        .with_ansi(false)
        .with_writer(Redacting(writer));
    let lines = match log.format {
        LogFormat::Text => lines.with_filter(filter).boxed(),
        LogFormat::Json => lines.json().with_filter(filter).boxed(),
    };
    let done = tracing_subscriber::registry().with(lines).try_init();
    done.map_err(|error| format!("the log was started already: {error}"))?;
    std::panic::set_hook(Box::new(|panic| {
        // The message may quote what a peer sent; the place is enough to find the mistake.
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        tracing::error!(place, "a task panicked; it ended alone");
    }));
    Ok(())
}

/// Searches every line before it is written.
struct Redacting<W>(W);

/// One event: `tracing` formats it whole, then writes it at once.
struct Line<W: Write>(W);

impl<'a, W: MakeWriter<'a>> MakeWriter<'a> for Redacting<W> {
    type Writer = Line<W::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Line(self.0.make_writer())
    }
}

impl<W: Write> Write for Line<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut line = redact(&String::from_utf8_lossy(bytes));
        limit::with_left_out(&mut line);
        self.0.write_all(line.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
