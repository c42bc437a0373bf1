//! The state machine (being filled in).

use std::{collections::VecDeque, sync::Arc};

use protocol::{
    ClientMessage, SeatId, SecretHash,
    http::{CallDetail, CallSummary, Phase},
    plan::VerifiedPlan,
};

use crate::{
    output::{Output, SessionId},
    permission::Denial,
    record::{CallRecord, SeatRecord},
};

/// One call.
#[derive(Clone)]
pub struct Call {
    plan: Arc<VerifiedPlan>,
    convened_at: u64,
    record: CallRecord,
    seats: Vec<SeatRecord>,
    outputs: VecDeque<Output>,
}

impl Call {
    /// A call just convened.
    pub fn new(plan: VerifiedPlan, convened_at: u64) -> Self {
        Self::restore(
            plan,
            convened_at,
            CallRecord::default(),
            Vec::new(),
            convened_at,
        )
    }

    /// A call from its stored rows; admitted seats come back as lost, with the full grace.
    pub fn restore(
        plan: VerifiedPlan,
        convened_at: u64,
        call: CallRecord,
        seats: Vec<SeatRecord>,
        _now: u64,
    ) -> Self {
        Self {
            plan: Arc::new(plan),
            convened_at,
            record: call,
            seats,
            outputs: VecDeque::new(),
        }
    }

    /// A connection whose access token the server has checked.
    pub fn handle_connect(
        &mut self,
        _now: u64,
        _session: SessionId,
        _seat: SeatId,
        _holder: SecretHash,
    ) {
    }

    /// Everything but `hello`.
    pub fn handle_message(&mut self, _now: u64, _session: SessionId, _message: &ClientMessage) {}

    /// The connection is gone.
    pub fn handle_disconnect(&mut self, _now: u64, _session: SessionId) {}

    /// The time of `poll_timeout` has come.
    pub fn handle_timeout(&mut self, _now: u64) {}

    /// The convener ends the call.
    pub fn end(&mut self, _now: u64) {}

    /// The convener gave a seat a new link.
    pub fn relink(&mut self, _now: u64, _seat: SeatId, _link: u32) -> Result<(), Denial> {
        Ok(())
    }

    /// The next thing to do, until `None`.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to call `handle_timeout`.
    pub fn poll_timeout(&self) -> Option<u64> {
        None
    }

    /// For the list of calls.
    pub fn summary(&self) -> CallSummary {
        CallSummary {
            info: self.plan.info.clone(),
            phase: Phase::Convened,
            delegations: self.plan.delegations.len() as u16,
            seats: self.plan.seats.len() as u16,
            seated: 0,
            convened_at_ms: self.convened_at,
        }
    }

    /// For the convener.
    pub fn detail(&self) -> CallDetail {
        CallDetail {
            summary: self.summary(),
            delegations: self.plan.delegations.clone(),
            seats: self.plan.seats.clone(),
            statuses: Vec::new(),
            links: self.seats.iter().map(|s| s.link).collect(),
            doors: self.record.doors,
        }
    }

    /// What the convener wrote down.
    pub fn plan(&self) -> &VerifiedPlan {
        &self.plan
    }

    /// It was ended.
    pub fn is_adjourned(&self) -> bool {
        self.record.adjourned_at.is_some()
    }
}
