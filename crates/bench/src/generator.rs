//! The load: all PeerConnections of a call in one thread. Signalling runs in another and asks this one
//! for offers and answers.

use std::{
    net::IpAddr,
    os::fd::AsFd,
    sync::{
        Arc,
        mpsc::{self, Receiver, Sender},
    },
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow};
use nix::sys::{
    epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout},
    eventfd::EventFd,
};

use crate::{
    pc::{Pc, Spec},
    socket::Buffers,
};

/// As browsers send transport-wide feedback.
const FEEDBACK_EVERY: Duration = Duration::from_millis(50);
/// A frame that leaves later than this after its time was late.
pub(crate) const LATE: Duration = Duration::from_millis(10);
/// A connection that takes longer has failed.
const CONNECT_MAX: Duration = Duration::from_secs(20);
/// Reads of one socket before the others have their turn.
const READS_MAX: usize = 64;
/// Not the number of a connection.
const WAKE: u64 = u64::MAX;

/// What signalling asks for.
enum Request {
    Offer(Spec, Instant, Sender<Result<(usize, String)>>),
    OfferMore(usize, [u16; 2], Instant, Sender<Result<String>>),
    Accept(usize, String, Sender<Result<()>>),
    Answer(String, Instant, Sender<Result<(usize, String)>>),
    Connected(usize, Sender<Result<()>>),
}

/// The load's side of signalling: makes PeerConnections and waits for them.
#[derive(Clone)]
pub(crate) struct Pcs {
    requests: Sender<Request>,
    wake: Arc<EventFd>,
}

impl Pcs {
    /// A new PeerConnection's offer. `since`: when its joining began.
    pub(crate) fn offer(&self, spec: Spec, since: Instant) -> Result<(usize, String)> {
        self.ask(|reply| Request::Offer(spec, since, reply))
    }

    /// Another offer of the same, with so many more lines that receive.
    pub(crate) fn offer_more(
        &self,
        pc: usize,
        audio: u16,
        video: u16,
        since: Instant,
    ) -> Result<String> {
        self.ask(|reply| Request::OfferMore(pc, [audio, video], since, reply))
    }

    /// The server's answer to it.
    pub(crate) fn accept(&self, pc: usize, sdp: String) -> Result<()> {
        self.ask(|reply| Request::Accept(pc, sdp, reply))
    }

    /// A new PeerConnection that the server offered, and the answer.
    pub(crate) fn answer(&self, sdp: String, since: Instant) -> Result<(usize, String)> {
        self.ask(|reply| Request::Answer(sdp, since, reply))
    }

    /// Returns when it is connected.
    pub(crate) fn connected(&self, pc: usize) -> Result<()> {
        self.ask(|reply| Request::Connected(pc, reply))
    }

    fn ask<T>(&self, request: impl FnOnce(Sender<Result<T>>) -> Request) -> Result<T> {
        let (reply, answer) = mpsc::channel();
        let gone = || anyhow!("the load has ended");
        self.requests.send(request(reply)).map_err(|_| gone())?;
        self.wake.write(1)?;
        answer.recv().map_err(|_| gone())?
    }
}

/// What the load did in a window.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Lateness {
    pub(crate) frames: u64,
    pub(crate) late: u64,
    pub(crate) worst: Duration,
}

/// All PeerConnections.
pub(crate) struct Generator {
    address: IpAddr,
    pub(crate) pcs: Vec<Pc>,
    poll: Epoll,
    wake: Arc<EventFd>,
    requests: Receiver<Request>,
    sender: Sender<Request>,
    waiting: Vec<(usize, Instant, Sender<Result<()>>)>,
    buffers: Buffers,
    pub(crate) lateness: Lateness,
    /// Pictures of one packet a frame.
    pub(crate) thin: bool,
    next_feedback: Instant,
}

impl Generator {
    pub(crate) fn new(address: IpAddr) -> Result<Self> {
        let poll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        let wake = Arc::new(EventFd::new()?);
        poll.add(wake.as_fd(), EpollEvent::new(EpollFlags::EPOLLIN, WAKE))?;
        let (sender, requests) = mpsc::channel();
        Ok(Self {
            address,
            pcs: Vec::new(),
            poll,
            wake,
            requests,
            sender,
            waiting: Vec::new(),
            buffers: Buffers::new(),
            lateness: Lateness::default(),
            thin: true,
            next_feedback: Instant::now(),
        })
    }

    /// For signalling.
    pub(crate) fn handle(&self) -> Pcs {
        Pcs {
            requests: self.sender.clone(),
            wake: self.wake.clone(),
        }
    }

    /// Runs until `end` or until `done` says so, which is asked every few milliseconds.
    pub(crate) fn run(&mut self, end: Instant, mut done: impl FnMut(&Self) -> bool) -> Result<()> {
        let mut events = [EpollEvent::empty(); 256];
        loop {
            let now = Instant::now();
            if now >= end || done(self) {
                return Ok(());
            }
            let due = self.work(now);
            let wait = due.min(end).saturating_duration_since(Instant::now());
            let timeout = EpollTimeout::from(wait.as_millis().min(5) as u8);
            let ready = match self.poll.wait(&mut events, timeout) {
                Err(nix::errno::Errno::EINTR) => 0,
                ready => ready?,
            };
            for event in &events[..ready] {
                if event.data() == WAKE {
                    self.wake.read()?;
                    self.serve()?;
                } else {
                    self.read(event.data() as usize);
                }
                if self.pcs.iter().any(|pc| pc.failed) {
                    return Err(anyhow!("a connection to the server failed"));
                }
            }
        }
    }

    /// Everything that time asks for; gives when the next frame is due.
    fn work(&mut self, now: Instant) -> Instant {
        self.send_frames(now);
        if now >= self.next_feedback {
            self.next_feedback = now + FEEDBACK_EVERY;
            self.pcs.iter_mut().for_each(|pc| pc.feed_back(now));
        }
        for pc in self.pcs.iter_mut().filter(|pc| pc.timeout <= now) {
            pc.tick(now);
        }
        self.answer_waiting(now);
        let frames = self.pcs.iter().filter_map(Pc::next_frame);
        frames
            .min()
            .unwrap_or(self.next_feedback)
            .min(self.next_feedback)
    }

    fn send_frames(&mut self, now: Instant) {
        let (lateness, thin) = (&mut self.lateness, self.thin);
        for pc in &mut self.pcs {
            pc.send_due(now, thin, &mut |late| {
                lateness.frames += 1;
                lateness.late += u64::from(late > LATE);
                lateness.worst = lateness.worst.max(late);
            });
        }
    }

    fn read(&mut self, index: usize) {
        let pc = &mut self.pcs[index];
        let now = Instant::now();
        for _ in 0..READS_MAX {
            let socket = &pc.socket;
            let Some(read) = self.buffers.read(socket) else {
                break;
            };
            // What str0m reads it may keep; it gets few datagrams. The rest is read in place.
            let (from, at_ns, segment) = (read.from, read.at_ns, read.segment);
            for datagram in read.data.chunks_mut(segment) {
                pc.handle(now, at_ns, from, datagram);
            }
        }
        if self
            .pcs
            .iter()
            .any(|pc| pc.next_frame().is_some_and(|at| at <= now))
        {
            self.send_frames(now);
        }
    }

    fn serve(&mut self) -> Result<()> {
        while let Ok(request) = self.requests.try_recv() {
            // Whoever asked may be gone; the run has failed then and says so itself.
            match request {
                Request::Offer(spec, since, reply) => {
                    let offered = self.add(spec, since, Pc::offer)?;
                    let _ = reply.send(offered);
                }
                Request::OfferMore(pc, lines, since, reply) => {
                    let _ = reply.send(self.pcs[pc].offer_more(lines, since));
                }
                Request::Answer(sdp, since, reply) => {
                    let answered = self.add(Spec::default(), since, |pc| pc.answer(&sdp))?;
                    let _ = reply.send(answered);
                }
                Request::Accept(pc, sdp, reply) => {
                    let _ = reply.send(self.pcs[pc].accept(&sdp));
                }
                Request::Connected(pc, reply) => {
                    self.waiting.push((pc, Instant::now() + CONNECT_MAX, reply));
                }
            }
        }
        Ok(())
    }

    fn add(
        &mut self,
        spec: Spec,
        since: Instant,
        describe: impl FnOnce(&mut Pc) -> Result<String>,
    ) -> Result<Result<(usize, String)>> {
        let mut pc = Pc::new(self.address, spec, since)?;
        let index = self.pcs.len();
        let sdp = describe(&mut pc);
        let event = EpollEvent::new(EpollFlags::EPOLLIN, index as u64);
        self.poll.add(pc.socket.as_fd(), event)?;
        self.pcs.push(pc);
        Ok(sdp.map(|sdp| (index, sdp)))
    }

    fn answer_waiting(&mut self, now: Instant) {
        let pcs = &self.pcs;
        self.waiting.retain(|(pc, limit, reply)| {
            let connected = pcs[*pc].connected_after.is_some();
            if connected {
                let _ = reply.send(Ok(()));
            } else if now >= *limit {
                let _ = reply.send(Err(anyhow!("no connection to the server's media")));
            }
            !connected && now < *limit
        });
    }

    /// Counting begins.
    pub(crate) fn begin_window(&mut self) {
        self.lateness = Lateness::default();
        self.pcs
            .iter_mut()
            .for_each(|pc| pc.receiver.begin_window());
    }
}
