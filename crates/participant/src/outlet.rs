//! Between a participant at work and whoever started it: what is asked of it from outside, and what
//! it tells: figures, texts, what its machine is to keep.

use std::{collections::VecDeque, time::Instant};

use protocol::CircleId;
use sealed::session::{Act, MemberState, Memory, TextMessage};
use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    audience::Audience,
    conversation::Control,
    report::{GroupReport, Report, Stage},
    sealing::{ActRefused, Sealing},
};

/// Texts kept for whoever asks; older ones are forgotten.
const TEXTS_MAX: usize = 1000;
/// Commands waiting to be done.
const QUEUE: usize = 64;

/// What is asked of a participant.
pub(crate) enum Command {
    /// Do this in the circle's group, and say whether it was allowed.
    Act(CircleId, Act, oneshot::Sender<Result<(), ActRefused>>),
    /// Do this at the table.
    Control(Control),
}

/// The participant's end.
pub(crate) struct Outlet {
    pub(crate) report: Report,
    commands: mpsc::Receiver<Command>,
    reports: watch::Sender<Report>,
    texts: watch::Sender<VecDeque<TextMessage>>,
    memory: watch::Sender<Memory>,
}

/// The other end.
pub(crate) struct Handles {
    pub(crate) commands: mpsc::Sender<Command>,
    pub(crate) reports: watch::Receiver<Report>,
    pub(crate) texts: watch::Receiver<VecDeque<TextMessage>>,
    pub(crate) memory: watch::Receiver<Memory>,
}

impl Outlet {
    pub(crate) fn new(memory: Memory) -> (Self, Handles) {
        let (command_queue, commands) = mpsc::channel(QUEUE);
        let (reports, reports_seen) = watch::channel(Report::default());
        let (texts, texts_seen) = watch::channel(VecDeque::new());
        let (memory, memory_seen) = watch::channel(memory);
        let outlet = Self {
            report: Report::default(),
            commands,
            reports,
            texts,
            memory,
        };
        let handles = Handles {
            commands: command_queue,
            reports: reports_seen,
            texts: texts_seen,
            memory: memory_seen,
        };
        (outlet, handles)
    }

    /// The next command; `None` if there will be none.
    pub(crate) async fn command(&mut self) -> Option<Command> {
        self.commands.recv().await
    }

    pub(crate) fn text(&mut self, text: TextMessage) {
        self.report.texts += 1;
        self.texts.send_modify(|texts| {
            texts.push_back(text);
            if texts.len() > TEXTS_MAX {
                texts.pop_front();
            }
        });
    }

    pub(crate) fn memory(&self, memory: Memory) {
        self.memory.send_replace(memory);
    }

    /// Notes how the group stands. `true` if others may wait to hear of it.
    pub(crate) fn note_group(&mut self, sealing: &Sealing) -> bool {
        let Some(view) = sealing.view() else {
            return false;
        };
        let verified = |m: &&sealed::session::MemberView| m.state == MemberState::Verified;
        let members = view.members.iter().filter(verified);
        let (words, digits) = sealing.last_words().unwrap_or_default();
        let old = &self.report.group;
        let new = GroupReport {
            number: view.group,
            epoch: view.epoch,
            verified: members.map(|member| member.seat.0).collect(),
            sending: Some(view.sending),
            words,
            digits,
            view: Some(view.clone()),
        };
        let before = old.view.as_ref().map(|view| (view.stage, &view.circles));
        let news = before != Some((view.stage, &view.circles))
            || (old.number, &old.verified, old.sending, &old.digits)
                != (new.number, &new.verified, new.sending, &new.digits);
        if news {
            let (seat, stage) = (view.me.seat, view.stage);
            tracing::debug!(%seat, ?stage, sending = ?view.sending, group = ?new, "the group");
        }
        self.report.group = new;
        news
    }

    /// Fills the report with the figures so far and shows it.
    pub(crate) fn publish(&mut self, now: Instant, stage: Stage, from: (&Audience, &Sealing)) {
        let (audience, sealing) = from;
        let report = &mut self.report;
        report.stage = stage;
        let arrived = sealing.arrived();
        report.frames_unsent = sealing.unsent();
        report.frames_opened = arrived.opened;
        report.frames_early = arrived.early;
        report.frames_late = arrived.late;
        report.frames_refused = arrived.refused.values().sum();
        report.refused.clone_from(&arrived.refused);
        audience.fill(now, report);
        self.reports.send_replace(report.clone());
    }
}
