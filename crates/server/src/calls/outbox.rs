//! What waits to be sent to one client: bounded in count and bytes. A client that does not read is
//! cut off rather than waited for, so it costs the others nothing.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use protocol::{
    ErrorCode, ServerMessage, Wire,
    limits::{LOG_CHARS_MAX, LOG_ENTRIES_MAX},
};
use tokio::sync::{Notify, mpsc};

/// Messages that may wait: a whole log, and as many others. Raising it costs memory per connection
/// that does not read.
const MESSAGES_MAX: usize = 2 * LOG_ENTRIES_MAX;
/// Bytes that may wait: a whole log, and a group welcome with what goes round it. A connection that
/// reads has next to nothing here. One that does not can hold this much until it is cut off, though
/// what goes to many is held once: raising it costs memory for every seat that stops reading right
/// after it asked for the log.
const BYTES_MAX: usize = LOG_CHARS_MAX + 2 * 1024 * 1024;

/// The end the call's task writes to.
#[derive(Clone)]
pub(crate) struct Outbox {
    reads_packed: bool,
    sender: mpsc::Sender<Outgoing>,
    shared: Arc<Shared>,
}

/// The end the session reads from.
pub(crate) struct Queue {
    receiver: mpsc::Receiver<Outgoing>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    bytes: AtomicUsize,
    overrun: AtomicBool,
    cut: Notify,
}

/// Something to send.
pub(crate) enum Outgoing {
    /// A message.
    Message {
        /// Shared by all who get the same.
        form: Form,
        /// The connection ends with this close code if it ends after this message.
        close_code: Option<u16>,
    },
    /// A message that passes, as binary; several may go in one WebSocket message.
    Passing(Arc<[u8]>),
    /// Nothing follows: close.
    Close,
}

impl Outgoing {
    /// Bytes that wait with it.
    fn len(&self) -> usize {
        match self {
            Self::Message { form, .. } => form.len(),
            Self::Passing(bytes) => bytes.len(),
            Self::Close => 0,
        }
    }
}

/// A message in all its forms, so that what goes to many is written once.
pub(crate) struct Written {
    message: ServerMessage,
    body: Body,
}

enum Body {
    Passing(Arc<[u8]>),
    Json {
        text: Arc<str>,
        /// For the first who reads it; `None` if the text is short.
        packed: OnceLock<Option<Arc<[u8]>>>,
    },
}

/// As what it travels.
#[derive(Clone)]
pub(crate) enum Form {
    /// JSON.
    Text(Arc<str>),
    /// The same, packed.
    Packed(Arc<[u8]>),
}

impl Form {
    /// Bytes of it.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Packed(bytes) => bytes.len(),
        }
    }
}

/// A pair of ends; the client reads packed messages, or does not.
pub(crate) fn outbox(reads_packed: bool) -> (Outbox, Queue) {
    let (sender, receiver) = mpsc::channel(MESSAGES_MAX);
    let shared = Arc::new(Shared::default());
    (
        Outbox {
            reads_packed,
            sender,
            shared: shared.clone(),
        },
        Queue { receiver, shared },
    )
}

impl Outbox {
    /// Queues a message; cuts the client off if too much waits already.
    pub(crate) fn send(&self, written: &Written) {
        let outgoing = written.outgoing(self.reads_packed);
        let length = outgoing.len();
        let waiting = self.shared.bytes.fetch_add(length, Ordering::Relaxed) + length;
        if waiting > BYTES_MAX || self.try_send(outgoing).is_err() {
            self.cut();
        }
    }

    /// Closes the connection after what was queued.
    pub(crate) fn close(&self) {
        if self.try_send(Outgoing::Close).is_err() {
            self.cut();
        }
    }

    fn try_send(&self, outgoing: Outgoing) -> Result<(), ()> {
        self.sender.try_send(outgoing).map_err(|_| ())
    }

    fn cut(&self) {
        if !self.shared.overrun.swap(true, Ordering::Relaxed) {
            self.shared.cut.notify_one();
        }
    }
}

impl Queue {
    /// The next thing to send. `None`: the call's task ended without closing this session.
    pub(crate) async fn next(&mut self) -> Option<Outgoing> {
        let outgoing = self.receiver.recv().await;
        let length = outgoing.as_ref().map_or(0, Outgoing::len);
        self.shared.bytes.fetch_sub(length, Ordering::Relaxed);
        outgoing
    }

    /// Comes true when the client was cut off because it does not read.
    pub(crate) fn cut(&self) -> impl Future<Output = ()> + Send + 'static {
        let shared = self.shared.clone();
        async move { shared.cut.notified().await }
    }
}

impl Written {
    pub(crate) fn new(message: ServerMessage) -> Self {
        let body = match message.to_wire() {
            Wire::Text(text) => Body::Json {
                text: text.into(),
                packed: OnceLock::new(),
            },
            Wire::Binary(bytes) => Body::Passing(bytes.into()),
        };
        Self { message, body }
    }

    fn outgoing(&self, reads_packed: bool) -> Outgoing {
        let (text, packed) = match &self.body {
            Body::Passing(bytes) => return Outgoing::Passing(bytes.clone()),
            Body::Json { text, packed } => (text, packed),
        };
        let pack = || protocol::packed::pack(text).map(Arc::from);
        let packed = reads_packed.then(|| packed.get_or_init(pack).clone());
        let form = match packed.flatten() {
            Some(packed) => Form::Packed(packed),
            None => Form::Text(text.clone()),
        };
        Outgoing::Message {
            form,
            close_code: close_code(&self.message),
        }
    }

    pub(crate) fn is(&self, message: &ServerMessage) -> bool {
        self.message == *message
    }
}

/// With which close code a connection ends if it ends by this message.
pub(crate) fn close_code(message: &ServerMessage) -> Option<u16> {
    match message {
        ServerMessage::Error(error) if error.fatal => Some(error.code.close_code()),
        ServerMessage::Removed {} => Some(ErrorCode::LinkClosed.close_code()),
        ServerMessage::Adjourned {} => Some(ErrorCode::CallEnded.close_code()),
        ServerMessage::GoingAway { .. } => Some(ErrorCode::GoingAway.close_code()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use protocol::{Sealed, limits::COMMIT_CHARS_MAX};

    use super::*;

    #[tokio::test]
    async fn a_client_that_does_not_read_is_cut_off() {
        let (outbox, queue) = outbox(false);
        let written = Written::new(ServerMessage::Clock { now_ms: 1 });
        for _ in 0..=MESSAGES_MAX {
            outbox.send(&written);
        }
        queue.cut().await;
    }

    #[tokio::test]
    async fn a_whole_log_and_a_group_welcome_may_wait_and_not_much_more() {
        let (outbox, queue) = outbox(false);
        let send = |chars: usize| {
            let sealed = Sealed::from_text(&"A".repeat(chars)).unwrap();
            let (seat, waiting) = (protocol::SeatId(1), true);
            outbox.send(&Written::new(ServerMessage::Knocked {
                circle: protocol::CircleId::TABLE,
                seat,
                waiting,
                knock: sealed,
            }));
        };
        for _ in 0..LOG_ENTRIES_MAX {
            send(LOG_CHARS_MAX / LOG_ENTRIES_MAX);
        }
        send(COMMIT_CHARS_MAX);
        let is_cut = || queue.shared.overrun.load(Ordering::Relaxed);
        assert!(!is_cut());
        send(COMMIT_CHARS_MAX);
        assert!(is_cut());
    }

    #[tokio::test]
    async fn what_was_queued_comes_before_the_close() {
        let (outbox, mut queue) = outbox(false);
        outbox.send(&Written::new(ServerMessage::Adjourned {}));
        outbox.close();
        let Some(Outgoing::Message { close_code, .. }) = queue.next().await else {
            panic!("the message was lost")
        };
        assert_eq!(close_code, Some(ErrorCode::CallEnded.close_code()));
        assert!(matches!(queue.next().await, Some(Outgoing::Close)));
    }
}
